"""Alembic's entry: runs the migrations on the engine it is given."""

from __future__ import annotations

from alembic import context

from webapp.foundation.database import metadata
from webapp.foundation.tenancy import protect

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    protect(connection)  # after every way up or down: a new table is never without its policy
    connection.commit()
