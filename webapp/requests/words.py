"""The words of requests: steps, states, and why one was refused."""

from __future__ import annotations

from webapp.foundation.texts import N_

STEP_TITLES = {
    "work": N_("What is the work?"), "times": N_("When is it?"), "help": N_("Who helps?"), "learn": N_("What can somebody learn?"),
    "terms": N_("What do you pay, and what do you state?"),
}  # fmt: skip
STATES = {"asked": N_("at the municipality"), "open": N_("we look for people"), "refused": N_("not this way"), "closed": N_("ended")}
# why an official refuses; the employer reads the sentence
REASONS = {
    "regular_job": N_("This work fits a regular contract better. Please offer it as a vacancy."),
    "dismissed": N_("Somebody who did this work left not long ago. That work is not filled this way."),
    "paid_hours": N_("Paid hours of others would become fewer. That is not what this is for."),
    "tariff": N_("The tariff is lower than it must be on that day."),
    "share": N_("Too many of the people at this place would come through Opstap."),
    "chain": N_("This work was filled through Opstap for a long time. Please offer it as a vacancy."),
    "guidance": N_("There is nobody by name who helps at those times."),
    "unclear": N_("We do not know enough yet. Call us, and send it again with what is missing."),
    "other": N_("Read what is written below."),
}
