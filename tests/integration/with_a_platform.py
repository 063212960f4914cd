"""A platform that is set up for one test, and calls that have to answer as api/openapi.yaml says."""

import unittest

from contract import Contract
from running_platform import Platform


class PlatformTest(unittest.TestCase):
    def setUp(self):
        self.contract = Contract()
        self.platform = Platform()
        self.addCleanup(self.platform.close)
        self.begin()
        self.platform.set_up()

    def begin(self):
        self.platform.start("--discovery", "off")

    def good(self, operation_id, status, body=None, ids=(), query="", **more):
        """An answer with this status, as the file says."""
        operation = self.contract.by_id[operation_id]
        path = operation.path
        for one in ids:
            path = path.replace("{id}", one, 1)
        answer = self.platform.api(operation.method, path + query, body, **more)
        self.assertEqual(answer.status, status, f"{operation_id}: {answer.text}")
        self.assertEqual(self.contract.judge(operation, answer), [])
        return answer.json() if answer.text else None
