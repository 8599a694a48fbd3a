"""The yardstick: a Flask view that does nothing, under the server settings of the product."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Say hello."""
    return "hello"
