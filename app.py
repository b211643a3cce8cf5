"""Opstap. `python3 app.py demo` from a bare Python; `flask --app app` or `app:app` for whoever has the packages."""

if __name__ == "__main__":
    from webapp.bootstrap import main

    raise SystemExit(main())

from webapp import create_app

app = create_app()
