"""Prints template.yaml as CloudFormation will see it, for linters that leave SAM's own resources alone."""

import json
import os
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoPolicies:
    """Every role is written out in the template: SAM has no managed policy to look up."""

    def load(self):
        return {}


template = yaml_parse((Path(__file__).parent / "template.yaml").read_text())
for resource in template["Resources"].values():
    for folder in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
        resource["Properties"][folder] = "s3://bucket/key"  # as `sam deploy` does once it has uploaded the folder
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-3")
print(json.dumps(transform(template, {}, NoPolicies()), indent=1))
