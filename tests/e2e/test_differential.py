"""A short run of dynamodb_differential.py: every difference that it finds has a reason."""

import os
import subprocess
import sys
import unittest

import meridian


class Differential(unittest.TestCase):
    def test_every_difference_has_a_reason(self):
        done = subprocess.run([sys.executable, "dynamodb_differential.py", "--requests", "2000", "--seed", "5"], env=os.environ,
                              cwd=meridian.ROOT / "tests/e2e", capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
