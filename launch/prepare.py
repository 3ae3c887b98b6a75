"""`python -m launch.prepare`: bring the schema up to date, then seed the catalogue."""

import gc

from flask.cli import FlaskGroup

COMMANDS = (["db", "upgrade"], ["products", "seed"])


def main() -> None:
    # A short process: the search for garbage would take longer than what it does.
    gc.disable()
    import wsgi

    flask = FlaskGroup(create_app=lambda: wsgi.build("app"))
    for command in COMMANDS:
        flask.main(command, prog_name="flask", standalone_mode=False)


if __name__ == "__main__":
    main()
