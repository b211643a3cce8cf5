"""Getting in: the invitation letter, the first steps, signing in, signed-in devices, and who may be invited."""
