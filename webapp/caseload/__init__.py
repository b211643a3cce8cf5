"""What a case manager has to decide, and the people of their caseload."""
