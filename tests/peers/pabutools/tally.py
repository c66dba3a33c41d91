"""Counts a Pabulib file by a rule, from the file to the winners: `tally.py FILE greedy | equalshares | equalshares/add1`."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.rules.exhaustion import exhaustion_by_budget_increase

file, rule = sys.argv[1:]
instance, profile = parse_pabulib(file)
voters = profile.num_ballots()
# Equal ballots are counted once: its own way to be quick.
profile = profile.as_multiprofile()
if rule == "greedy":
    winners = greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat)
elif rule == "equalshares":
    winners = method_of_equal_shares(instance, profile, sat_class=Cost_Sat)
else:
    winners = exhaustion_by_budget_increase(
        instance,
        profile,
        method_of_equal_shares,
        {"sat_class": Cost_Sat},
        exhaustive_stop=False,
        budget_step=voters,
    )
print(json.dumps([project.name for project in winners]))
