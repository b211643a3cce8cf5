"""What the value of each kind of term looks like. Money is cents, time is minutes, shares are basis points (10000 is the whole).

None always means: not known. An amount that is not known is never guessed and never read as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)


class CannotExpress(Exception):
    """A value does not fit its shape. `field` says where (and `policy` in which entry), `why` says what is wrong."""

    def __init__(self, field: str, why: str, policy: str = "") -> None:
        super().__init__(f"{policy}: {field}: {why}" if policy else f"{field}: {why}")
        self.field, self.why, self.policy = field, why, policy


class Shape(BaseModel):
    """No unknown fields, no text that happens to look like a number, no change afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Cents = Annotated[int, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0)]
Days = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Months = Annotated[int, Field(ge=1)]
BasisPoints = Annotated[int, Field(ge=0)]
Scope = Literal["person", "household"]
LONGEST_WEEK_MINUTES = 84 * 60  # a larger number is a mistake in units


class WeeklyHours(Shape):
    """Which weeks a line is for, in minutes a week. `week`: the source only says "a full week" or "part of a week"."""

    above: Minutes | None = None  # more than
    at_least: Minutes | None = None
    below: Minutes | None = None  # less than
    at_most: Minutes | None = None
    week: Literal["full", "part"] | None = None

    def covers(self, minutes: int) -> bool | None:
        """Whether a week of this length is meant; None when the source does not say how long a full week is."""
        if self.week is not None:
            return None
        return (
            (self.above is None or minutes > self.above)
            and (self.at_least is None or minutes >= self.at_least)
            and (self.below is None or minutes < self.below)
            and (self.at_most is None or minutes <= self.at_most)
        )


# the premium ---------------------------------------------------------------------------------


class Premium(Shape):
    """What every premium has. `monthly_maximum_cents`: the maxima in order; two when a change has no known day."""

    recipient: Literal["participant", "employer"] = "participant"
    scope: Scope | None = None
    monthly_maximum_cents: list[Cents] = []
    told: str = ""


class PerHour(Premium):
    basis: Literal["per_hour"]
    cents: Cents | None
    net: bool | None = None


class Tier(Shape):
    """One step: who works so many minutes in a `counted_per` gets the amount."""

    from_minutes: Minutes | None
    to_minutes: Minutes | None
    counted_per: Literal["week", "month", "year"]
    amount_cents: Cents | None


class HoursTiers(Premium):
    """Steps by hours worked. `tiers` None: only the lowest and the highest amount are known. `in_year`: of receiving it."""

    basis: Literal["hours_tiers"]
    tiers: list[Tier] | None
    lowest_cents: Cents | None = None
    highest_cents: Cents | None = None
    amount_per: Literal["month", "half_year", "year"] | None
    in_year: Annotated[int, Field(ge=1)] | None = None


class Amount(Shape):
    """An amount and for whom: `weekly` None is everybody."""

    cents: Cents | None
    weekly: WeeklyHours | None = None


class PerMonth(Premium):
    basis: Literal["per_month"]
    amounts: list[Amount]


class LumpSum(Premium):
    basis: Literal["lump_sum"]
    amounts: list[Amount]


class LumpSumProRata(Premium):
    """A lump sum for a full week, less for less; `full_week_minutes` says how long a full week is."""

    basis: Literal["lump_sum_pro_rata"]
    cents: Cents | None
    full_week_minutes: Minutes | None = None


class PercentOfIncome(Premium):
    basis: Literal["percent_of_income"]
    basis_points: BasisPoints | None


class PercentOfDeducted(Premium):
    """A share of the earnings that were taken off the benefit."""

    basis: Literal["percent_of_deducted"]
    basis_points: BasisPoints | None


AnyPremium = PerHour | HoursTiers | PerMonth | LumpSum | LumpSumProRata | PercentOfIncome | PercentOfDeducted


class YearlyMaximum(Shape):
    """The most a calendar year may hold. `cents` None: this policy names no amount, the one in the law stands."""

    cents: Cents | None
    scope: Scope = "person"
    counted_by: Literal["paid", "worked"] = "paid"


class MaxPaymentsPerYear(Shape):
    count: Count


class Payout(Shape):
    """When the saved premium is paid. `on_application`: somebody must ask for it; False: it comes by itself."""

    per_year: Annotated[int, Field(ge=1, le=2)] | None = None
    months: list[Annotated[int, Field(ge=1, le=12)]] | None = None
    day_of_month: Literal["last"] = "last"
    trigger: str = ""
    on_application: bool | None = None

    @model_validator(mode="after")
    def months_fit(self) -> Payout:
        months = self.months or []
        if months != sorted(set(months)):
            raise ValueError("months are in order, each once")
        if len(months) > (self.per_year or 2):
            raise ValueError("more months than payments: the law allows two a year")
        return self


class PayoutRun(Shape):
    """How a payout run works. Hours close `close_days` before the day of payment; `remind_days` before that, who has open hours is told.

    Lines to look at: an account changed less than `account_days` ago, an amount above so much of what is usual, a year that is so far filled.
    `carry_over`: what a calendar year cannot hold is paid in the next one; False: it lapses, and stays visible.
    """

    close_days: Days
    remind_days: Days
    account_days: Days
    above_usual_basis_points: BasisPoints
    near_maximum_basis_points: BasisPoints
    carry_over: bool


class PayoutAccount(Shape):
    """The account of the municipality that premiums are paid from, and the version of pain.001 its bank reads."""

    holder: Annotated[str, Field(min_length=2, max_length=70)]
    iban: str
    version: Literal["pain.001.001.09", "pain.001.001.03"] = "pain.001.001.09"

    @model_validator(mode="after")
    def iban_adds_up(self) -> PayoutAccount:
        if not iban_adds_up(self.iban):
            raise ValueError("not the number of a bank account")
        return self


def iban_adds_up(iban: str) -> bool:
    """Whether the check digits of an account number fit (ISO 13616, mod 97).

    >>> iban_adds_up("NL91ABNA0417164300"), iban_adds_up("NL00ABNA0417164300")
    (True, False)
    """
    if not (15 <= len(iban) <= 34 and iban.isascii() and iban.isalnum() and iban == iban.upper() and iban[:2].isalpha() and iban[2:4].isdigit()):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


# how long, how much, for whom ----------------------------------------------------------------


class Band(Shape):
    """How long, for weeks of this length. `months` and `years` None: not known. An extension needs a decision."""

    weekly: WeeklyHours | None = None
    months: Months | None = None
    years: Annotated[int, Field(ge=1)] | None = None
    extension_months: Months | None = None
    per: Literal["function"] | None = None
    what: str | None = None
    told: str = ""

    @property
    def total_months(self) -> int | None:
        return self.months if self.years is None else (self.months or 0) + 12 * self.years


class Duration(Shape):
    """`exactly_counts_as`: where a week falls that is exactly on a boundary no band includes (28 hours)."""

    bands: list[Band]
    exactly_counts_as: Literal["stricter", "above", "below"] = "stricter"


class WeeklyLimits(Shape):
    max_minutes: Annotated[int, Field(ge=0, le=LONGEST_WEEK_MINUTES)] | None = None
    min_minutes: Annotated[int, Field(ge=0, le=LONGEST_WEEK_MINUTES)] | None = None


class Age(Shape):
    """Who is old enough for the premium (Participatiewet art. 31 lid 5 excludes people under 27, with one exception)."""

    min_age: Annotated[int, Field(ge=0, le=120)] | None = None
    under_27: Literal["excluded", "saves_until_27", "allowed_if_wage_subsidy", "unknown"] = "unknown"
    told: str = ""


class Obligation(Shape):
    voluntary: bool | None


class TargetGroup(Shape):
    """For whom the instrument is meant; `distance` to the labour market where the source says it."""

    distance: Literal["short", "large"] | None = None
    min_benefit_months: Count | None = None
    told: str = ""


class Cooldown(Shape):
    """How long before somebody may start again."""

    months: Count | None = None
    told: str = ""


class WaitingTime(Shape):
    """Months before the same work may be filled again by anybody on benefit (no chaining)."""

    months: Count | None
    told: str = ""


class StaffShare(Shape):
    """The largest share of the staff of one establishment that may be on benefit."""

    basis_points: Annotated[int, Field(ge=0, le=10000)] | None
    told: str = ""


class Chaining(Shape):
    """How many weeks of the last `of_weeks` one function at one place may be filled by people on benefit, whoever they are."""

    weeks: Annotated[int, Field(ge=1)]
    of_weeks: Annotated[int, Field(ge=1, le=520)]

    @model_validator(mode="after")
    def part_of_the_whole(self) -> Chaining:
        if self.weeks > self.of_weeks:
            raise ValueError("more weeks than are looked at")
        return self


class LookBack(Shape):
    """How many days back counts: somebody let go for the same work, a vacancy for it, and the day the staff was counted."""

    dismissal_days: Days
    vacancy_days: Days
    staff_count_days: Days


class AgencyMargin(Shape):
    """What an agency may charge its client above what it pays the municipality, as a share of the latter."""

    basis_points: BasisPoints


class OutflowBalance(Shape):
    """What becomes of saved premium when somebody leaves benefit."""

    paid_out: bool | None = None
    told: str = ""


# what the employer pays, and where it goes ---------------------------------------------------


class MinimumWage(Shape):
    """Gross, per hour, for people of 21 and older."""

    cents: Annotated[int, Field(ge=1)]


class TariffFloor(Shape):
    """The lowest tariff, as a factor of the minimum wage of the day: 10000 is the minimum wage itself."""

    factor_basis_points: Annotated[int, Field(ge=10000)] | None
    told: str = ""


class Tariff(Shape):
    """What an employer pays per hour."""

    cents: Annotated[int, Field(ge=1)] | None
    told: str = ""


class TariffSplit(Shape):
    """What the programme costs per hour worked, in cents. `guidance_cents` None: the municipality has not counted it."""

    software_cents: Cents
    implementation_cents: Cents
    handling_cents: Cents
    guidance_cents: Cents | None = None


class Vat(Shape):
    """S: at the rate in `basis_points`; E: exempt, with the reason that stands on the invoice."""

    category: Literal["S", "E"]
    basis_points: BasisPoints
    reason: str = ""

    @model_validator(mode="after")
    def exempt_says_why(self) -> Vat:
        if self.category == "E" and (self.basis_points or not self.reason):
            raise ValueError("exempt means no rate, and a reason")
        return self


class InvoiceSender(Shape):
    """Who sends the invoices, as it must stand on them (Wet OB 1968 art. 35a; EN 16931 BG-4). `oin`: number of the government, for Peppol."""

    name: Annotated[str, Field(min_length=1)]
    street: Annotated[str, Field(min_length=1)]
    postcode: Annotated[str, Field(min_length=1)]
    town: Annotated[str, Field(min_length=1)]
    kvk: Annotated[str, Field(pattern=r"^\d{8}$")]
    vat_number: Annotated[str, Field(pattern=r"^NL\d{9}B\d{2}$")]
    iban: Annotated[str, Field(pattern=r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")]
    oin: Annotated[str, Field(pattern=r"^(\d{20})?$")] = ""
    email: str = ""


class Invoicing(Shape):
    """How long an employer has to pay, when a reminder goes (days after the last day to pay), and the accounts of the bookkeeping."""

    payment_days: Days
    reminder_after_days: list[Annotated[int, Field(ge=1)]]
    debtors_account: str = "1300"
    revenue_account: str = "8000"
    vat_account: str = "1520"
    bank_account: str = "1100"

    @model_validator(mode="after")
    def reminders_in_order(self) -> Invoicing:
        if self.reminder_after_days != sorted(set(self.reminder_after_days)):
            raise ValueError("reminders are in order, each once")
        return self


# how the product behaves ---------------------------------------------------------------------


class Silence(Shape):
    """What happens when somebody does not answer: a reminder and another person, never a decision."""

    confirm_remind_working_days: Days
    confirm_escalate_working_days: Days
    answer_days: Days
    ruling_working_days: Days


class Certificate(Shape):
    """How many days a link to somebody's work certificate opens it."""

    share_days: Annotated[int, Field(ge=1, le=366)]


class Offer(Shape):
    """How long an offer is open, and after how many days a closed one is reduced to a total."""

    open_days: Annotated[int, Field(ge=1)]
    keep_closed_days: Days


class Confirmation(Shape):
    undo_seconds: Count


class Invitation(Shape):
    """How many days a code by letter or mail counts, and how often somebody may be wrong about the year of birth."""

    days: Annotated[int, Field(ge=1, le=90)]
    tries: Annotated[int, Field(ge=1, le=10)]


class Retention(Shape):
    """How many days each kind of record is kept, and who says so where that is not the source of the whole row."""

    days: dict[str, Days]
    sources: dict[str, str] = {}


class CitizenNumber(Shape):
    """Whether the municipality needs the citizen service number (BSN) of participants, and for what."""

    needed: bool
    told: str = ""


class Readiness(Shape):
    """When somebody seems ready for regular work, and what follows from a signal. Choices of design, no norms (law/domain.md 5).

    The five milestones: rhythm, independence, tasks, employer, own view. `lowest_level` and `on_own`: every rated behaviour
    at least so high, and so many of them at the highest level. `fresh_weeks`: an older answer no longer counts.
    `silent_weeks`: without feedback for so long there is too little to go by. Days after a signal: `due_days` to decide,
    `cover_days` until somebody else is asked, `lead_days` until it is told higher up.
    """

    milestones_needed: Annotated[int, Field(ge=1, le=5)]
    held_weeks: Annotated[int, Field(ge=1, le=8)]
    attendance_basis_points: Annotated[int, Field(ge=0, le=10000)]
    attendance_weeks: Annotated[int, Field(ge=1, le=12)]
    observers: Annotated[int, Field(ge=1)]
    apart_weeks: Count
    help_weeks: Annotated[int, Field(ge=1)]
    lowest_level: Annotated[int, Field(ge=1, le=4)]
    on_own: Annotated[int, Field(ge=1, le=7)]
    tasks_basis_points: Annotated[int, Field(ge=0, le=10000)]
    fresh_weeks: Annotated[int, Field(ge=1)]
    silent_weeks: Annotated[int, Field(ge=1)]
    no_growth_weeks: Annotated[int, Field(ge=1)]
    limit_percents: list[Annotated[int, Field(ge=1, le=100)]]
    hire_every_weeks: Annotated[int, Field(ge=1)]
    red_answers: Annotated[int, Field(ge=1)]
    due_days: Days
    cover_days: Days
    lead_days: Days
    talk_days: Days
    again_weeks: Count
    not_yet_in_a_row: Annotated[int, Field(ge=2)]
    objection_days: Days
    outflow_months: list[Months]
    digest_hour: Annotated[int, Field(ge=0, le=23)]


class LimitNotice(Shape):
    """How many days before the last day everybody is told that a placement ends, the largest first."""

    days_before: list[Annotated[int, Field(ge=1, le=365)]]

    @model_validator(mode="after")
    def in_order(self) -> LimitNotice:
        if self.days_before != sorted(set(self.days_before), reverse=True):
            raise ValueError("days stand in order, the largest first, each once")
        return self


class Absence(Shape):
    """After how many days the reason why somebody could not come goes."""

    keep_reason_days: Days


class ReportLine(Shape):
    """Reports about work by anyone: within how many days somebody looks at one, and within how many there is an answer."""

    look_days: Annotated[int, Field(ge=1)]
    reply_days: Annotated[int, Field(ge=1)]


class OpenData(Shape):
    """Totals for everybody: a number below `smallest` is not told, every other one is rounded to a multiple of `round_to`.

    A quarter is told `wait_days` after it ended, when late hours are in, and never changed.
    """

    smallest: Annotated[int, Field(ge=1)]
    round_to: Annotated[int, Field(ge=1)]
    wait_days: Days


SHAPES: dict[str, Any] = {
    "premium": Annotated[AnyPremium, Field(discriminator="basis")],
    "yearly_maximum": YearlyMaximum,
    "max_payments_per_year": MaxPaymentsPerYear,
    "payout": Payout,
    "payout_run": PayoutRun,
    "payout_account": PayoutAccount,
    "duration": Duration,
    "weekly_hours": WeeklyLimits,
    "age": Age,
    "obligation": Obligation,
    "target_group": TargetGroup,
    "cooldown": Cooldown,
    "waiting_time": WaitingTime,
    "staff_share": StaffShare,
    "chaining": Chaining,
    "look_back": LookBack,
    "agency_margin": AgencyMargin,
    "outflow_balance": OutflowBalance,
    "minimum_wage": MinimumWage,
    "tariff_floor": TariffFloor,
    "tariff": Tariff,
    "tariff_split": TariffSplit,
    "vat": Vat,
    "invoice_sender": InvoiceSender,
    "invoicing": Invoicing,
    "silence": Silence,
    "offer": Offer,
    "certificate": Certificate,
    "confirmation": Confirmation,
    "invitation": Invitation,
    "retention": Retention,
    "citizen_number": CitizenNumber,
    "readiness": Readiness,
    "limit_notice": LimitNotice,
    "absence": Absence,
    "report_line": ReportLine,
    "open_data": OpenData,
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {key: TypeAdapter(shape) for key, shape in SHAPES.items()}


def parse(key: str, value: Mapping[str, Any]) -> Any:
    """The typed value of a term. Raises CannotExpress with the first field that does not fit."""
    adapter = ADAPTERS.get(key)
    if adapter is None:
        raise CannotExpress(key, "there are no terms of this name")
    try:
        return adapter.validate_python(value)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        raise CannotExpress(".".join([key, *map(str, first["loc"])]), first["msg"]) from wrong


def plain(shape: Shape) -> dict[str, Any]:
    """The same value as it is stored: defaults left out; a field without a default stays, also when it is None."""
    return shape.model_dump(mode="json", exclude_defaults=True)
