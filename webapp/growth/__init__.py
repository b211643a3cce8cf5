"""What somebody learns at work, when they seem ready for a regular job, and the steps to one."""
