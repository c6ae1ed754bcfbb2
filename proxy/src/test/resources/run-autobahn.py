# Runs the Autobahn fuzzing client against several servers.
# Arguments: directory of the reports, then name and URL of each server in turn.
import sys

from autobahntestsuite import wstest

arguments = sys.argv[2:]
servers = [{'agent': name, 'url': url} for name, url in zip(arguments[0::2], arguments[1::2])]
wstest.start(
    {'mode': 'fuzzingclient'},
    {
        'outdir': sys.argv[1],
        'options': {'failByDrop': False},
        'servers': servers,
        # Without 6 (UTF-8), 9 (size and speed), 12 and 13 (compression), which take long and
        # pass a relay as any other bytes do.
        'cases': ['1.*', '2.*', '3.*', '4.*', '5.*', '7.*', '10.*'],
        'exclude-cases': [],
        'exclude-agent-cases': {},
    },
)
