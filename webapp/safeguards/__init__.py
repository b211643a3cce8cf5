"""The displacement tests: is this temporary work on top of ordinary jobs, and not instead of them?"""
