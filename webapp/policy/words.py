"""The words of every setting, field and choice: a test holds this complete."""

from __future__ import annotations

from webapp.foundation.texts import N_

KEYS = {
    "premium": N_("Premium"), "yearly_maximum": N_("Yearly maximum"), "max_payments_per_year": N_("Payments a year"), "payout": N_("Payment months"),
    "duration": N_("How long a place may last"), "weekly_hours": N_("Hours a week"), "age": N_("Age"), "obligation": N_("Voluntary or not"),
    "target_group": N_("For whom"), "cooldown": N_("Waiting before starting again"), "waiting_time": N_("Waiting before the same work is filled again"),
    "staff_share": N_("Share of the staff"), "outflow_balance": N_("Saved premium when benefit ends"), "minimum_wage": N_("Minimum wage"),
    "tariff_floor": N_("Lowest tariff"), "tariff": N_("Tariff"), "tariff_split": N_("Costs within the tariff"), "vat": N_("VAT"),
    "silence": N_("When nobody answers"), "offer": N_("Offers"), "confirmation": N_("Undoing a confirmation"), "retention": N_("How long things are kept"),
    "limit_notice": N_("Warning before the end"), "absence": N_("Reasons of absence"),
}  # fmt: skip
LABELS = {
    "recipient": N_("Who gets it"), "scope": N_("Counts per"), "monthly_maximum_cents": N_("Most a month, in euros (several: with ; between)"),
    "told": N_("What the source says in words"), "basis": N_("Kind of premium"), "cents": N_("Amount in euros"), "net": N_("Net amount"), "tiers": N_("Step"),
    "from_minutes": N_("From, in hours"), "to_minutes": N_("To, in hours"), "counted_per": N_("Counted per"), "amount_cents": N_("Amount in euros"),
    "lowest_cents": N_("Lowest amount in euros"), "highest_cents": N_("Highest amount in euros"), "amount_per": N_("Amount per"), "in_year": N_("In which year of receiving it"),
    "amounts": N_("Amount"), "weekly": N_("For weeks of"), "above": N_("More than, in hours"), "at_least": N_("At least, in hours"), "below": N_("Less than, in hours"),
    "at_most": N_("At most, in hours"), "week": N_("Full or part of a week"), "full_week_minutes": N_("A full week, in hours"), "basis_points": N_("Percent"),
    "counted_by": N_("Counted by"), "count": N_("Number"), "per_year": N_("Times a year"), "months": N_("Months"), "day_of_month": N_("Day of the month"),
    "trigger": N_("What starts the payment"), "on_application": N_("Only when asked for"), "years": N_("Years"), "extension_months": N_("Extension in months"),
    "per": N_("Per"), "what": N_("For what"), "bands": N_("Line"), "exactly_counts_as": N_("A week exactly on the boundary counts as"),
    "max_minutes": N_("At most, in hours"), "min_minutes": N_("At least, in hours"), "min_age": N_("From which age"), "under_27": N_("Under 27"),
    "voluntary": N_("Voluntary"), "distance": N_("Distance to the labour market"), "min_benefit_months": N_("Months on benefit, at least"),
    "paid_out": N_("Paid out"), "factor_basis_points": N_("Percent of the minimum wage"), "software_cents": N_("Software, in euros an hour"),
    "implementation_cents": N_("Introduction, in euros an hour"), "handling_cents": N_("Handling, in euros an hour"), "guidance_cents": N_("Own guidance, in euros an hour"),
    "category": N_("Category"), "reason": N_("Reason on the invoice"), "confirm_remind_working_days": N_("Working days until a reminder to confirm"),
    "confirm_escalate_working_days": N_("Working days until the case manager"), "answer_days": N_("Days to answer a correction"),
    "ruling_working_days": N_("Working days for a decision"), "open_days": N_("Days an offer is open"), "keep_closed_days": N_("Days a closed offer is kept"),
    "undo_seconds": N_("Seconds in which it can be undone"), "days": N_("Days"), "days_before": N_("Days before the end (largest first, with ; between)"),
    "keep_reason_days": N_("Days a reason is kept"),
}  # fmt: skip
CHOICES = {
    "participant": N_("Participant"), "employer": N_("Employer"), "person": N_("Person"), "household": N_("Household"), "per_hour": N_("Per hour"),
    "hours_tiers": N_("In steps by hours"), "per_month": N_("Per month"), "lump_sum": N_("One amount"), "lump_sum_pro_rata": N_("One amount, less for less hours"),
    "percent_of_income": N_("Percent of the earnings"), "percent_of_deducted": N_("Percent of what was taken off"), "week": N_("Week"), "month": N_("Month"),
    "half_year": N_("Half year"), "year": N_("Year"), "full": N_("Full week"), "part": N_("Part of a week"), "paid": N_("Day of payment"), "worked": N_("Day of work"),
    "stricter": N_("The stricter line"), "above": N_("More"), "below": N_("Less"), "function": N_("Function"), "excluded": N_("No premium"),
    "saves_until_27": N_("Saves until 27"), "allowed_if_wage_subsidy": N_("Only in the target group of the wage subsidy"), "unknown": N_("Unknown"),
    "short": N_("Short"), "large": N_("Large"), "S": N_("With VAT"), "E": N_("Exempt"), "last": N_("The last day"),
}  # fmt: skip
