"""moto's server on a free port (the first line of standard output), for deploying our templates to.

Three things are not moto's own. A KMS key that a template gives tags is made, which moto 5.2 fails at; a replica of a key is
made as a key of its own region. And what moto's CloudFormation doesn't know is not made, but has a name, so that what refers
to it can be made; each of those types is a further line of standard output, and nothing is proved about them. The server
ends when standard input does.
"""
import os
import sys
import threading
import uuid

from moto.cloudformation import parsing
from moto.kms import models as kms
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

# Versions are made by moto without the attributes that others refer to; a deployment needs the API's methods, and moto makes
# none of a template's OpenAPI document.
unusable_types = {"AWS::Lambda::Version", "AWS::ApiGateway::Deployment"}

make_key = kms.Key.create_from_cloudformation_json.__func__
known_class = parsing.resource_class_from_type
unknown_types = {}


def make_tagged_key(cls, name, template, account, region, **more):
    properties = dict(template.get("Properties", {}))
    properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return make_key(cls, name, {**template, "Properties": properties}, account, region, **more)


def unknown_class(kind):
    class Unknown:  # has what CloudFormationModel has; moto lists its subclasses by their modules
        def __init__(self, name):
            self.physical_resource_id = name

        @staticmethod
        def cloudformation_type():
            return kind

        @staticmethod
        def cloudformation_name_type():
            return ""

        @classmethod
        def has_cfn_attr(cls, attr):
            return True

        def is_created(self):
            return True

        def get_cfn_attribute(self, attribute):
            return f"arn:aws:unknown:us-east-1:123456789012:{self.physical_resource_id}/{uuid.uuid4()}"

        @classmethod
        def create_from_cloudformation_json(cls, name, template, account, region, **more):
            # An alias stands for its function, which moto lets others be permitted to call.
            return cls(template["Properties"]["FunctionName"] if kind == "AWS::Lambda::Alias" else name)

        @classmethod
        def delete_from_cloudformation_json(cls, name, template, account, region):
            return None

    print(kind, flush=True)
    return Unknown


def class_of(kind):
    if kind == "AWS::KMS::ReplicaKey":
        return kms.Key
    made = None if kind.startswith("Custom::") or kind in unusable_types else known_class(kind)
    if made is None and kind not in parsing.NULL_MODELS:
        made = unknown_types.get(kind) or unknown_types.setdefault(kind, unknown_class(kind))
    return made


class Quiet(WSGIRequestHandler):
    def log(self, *arguments):
        pass


def end_with_the_parent():
    sys.stdin.read()
    os._exit(0)


kms.Key.create_from_cloudformation_json = classmethod(make_tagged_key)
parsing.resource_class_from_type = class_of
threading.Thread(target=end_with_the_parent, daemon=True).start()
server = make_server(
    "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Quiet
)
print(server.server_port, flush=True)
server.serve_forever()
