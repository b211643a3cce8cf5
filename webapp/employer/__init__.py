"""What an employer's people see of their own place: team, company, stand-ins and the shared tablet."""
