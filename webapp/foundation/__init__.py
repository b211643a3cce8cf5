"""What every slice stands on: settings, database, clock, money, texts, pages. No word about work or premium."""
