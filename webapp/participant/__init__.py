"""The pages that are only the participant's: today, the premium account, and themselves. Reads everything, changes nothing."""
