"""`python -m launch.prepare`: bring the schema up to date, then seed an empty catalogue."""

from flask.cli import FlaskGroup

import wsgi

COMMANDS = (["db", "upgrade"], ["products", "seed", "--if-empty"])


def main() -> None:
    flask = FlaskGroup(create_app=lambda: wsgi.build("app"))
    for command in COMMANDS:
        flask.main(command, prog_name="flask", standalone_mode=False)


if __name__ == "__main__":
    main()
