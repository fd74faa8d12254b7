"""The contract of stores on the one that speaks DynamoDB's protocol, over HTTP: against a region of ours, and against
another implementation. What that one doesn't pass is listed with its reason; nothing else is left out."""

import os
import re
import subprocess
import unittest

import meridian
from dynamodb_client import Endpoint
from dynamodb_peer import Peer

PROGRAM = os.environ.get("MERIDIAN_STORE_TEST", str(meridian.ROOT / "build/release/bin/store_dynamodb_test"))

# By what the peer lacks (dynamodb_peer.LACKS and what is said here of dynalite).
NO_NEW_INDEXES = "UpdateTable takes a new index and forgets it"
NO_TRANSACTIONS = "has no TransactWriteItems"
NO_ITEM_WITH_A_FAILED_CONDITION = "ReturnValuesOnConditionCheckFailure is passed over"
EMPTY_KEYS = "takes an empty key for one that finds nothing"
DYNALITE = {
    "StoreIndexes.FindItemsByOtherAttributes": NO_NEW_INDEXES,
    "StoreIndexes.FollowEveryKindOfWrite": NO_NEW_INDEXES,
    "StoreIndexes.ShowWhatTheyProject": NO_NEW_INDEXES,
    "StoreIndexes.PagesGoOnBehindItemsOfOneKey": NO_NEW_INDEXES,
    "StoreIndexes.RefuseAStartThatIsNone": NO_NEW_INDEXES,
    "StoreIndexes.PagesEndAtOneMegabyteOfWhatTheyShow": NO_NEW_INDEXES,
    "StoreIndexes.AreListedUntilTheyAreDropped": NO_NEW_INDEXES,
    "StoreIndexes.CreatingOneAgainIsNoErrorUnlessItDiffers": NO_NEW_INDEXES,
    "StoreIndexes.ANewOneOfAnOldNameIsFilledAnew": NO_NEW_INDEXES,
    "StoreIndexes.HoldTheItemsOfBeforeAndThoseWrittenMeanwhile": NO_NEW_INDEXES,
    "StoreIndexes.SayWhatAScanOfTheTableSaysAfterAnyHistory": NO_NEW_INDEXES,
    "StoreIndexes.ADroppedTableIsNotFound": NO_NEW_INDEXES,
    "StoreIndexes.OthersAreNotTouchedByOnesComingAndGoing": NO_NEW_INDEXES,
    "StoreContract.ATransactionMakesAllItsWrites": NO_TRANSACTIONS,
    "StoreContract.ARefusedTransactionMakesNothingAndSaysWhy": NO_TRANSACTIONS,
    "StoreContract.ATransactionMayNotNameAnItemTwice": NO_TRANSACTIONS,
    "StoreContract.ATransactionMayNameOneKeyInTwoTables": NO_TRANSACTIONS,
    "StoreContract.TransactionsFromManyThreadsKeepTheirInvariant": NO_TRANSACTIONS,
    "StoreContract.AFailedConditionRefusesEveryKindOfWriteAndShowsTheItem": NO_ITEM_WITH_A_FAILED_CONDITION,
    "StoreContract.ABatchIsMadeInOrderAndEachWriteStandsForItself": NO_ITEM_WITH_A_FAILED_CONDITION,
    "StoreReads.RefuseAQueryThatCannotBeMeant": EMPTY_KEYS,
}


class DynamoDbStore(unittest.TestCase):
    def contract(self, endpoint, *arguments, **environment):
        env = meridian.environment(AWS_ACCESS_KEY_ID=endpoint.access_key, AWS_SECRET_ACCESS_KEY=endpoint.secret,
                                   AWS_REGION=endpoint.region, MERIDIAN_CONTRACT_ENDPOINT=endpoint.url, **environment)
        return subprocess.run([PROGRAM, *arguments], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=500, check=False)

    def names(self, endpoint):
        """SUITE.TEST of all that run at an endpoint."""
        listed = self.contract(endpoint, "--gtest_list_tests", "--gtest_filter=*/Endpoint").stdout
        names, suite = set(), ""
        for line in listed.splitlines():
            if line.startswith("DynamoDb/"):
                suite = line.strip().removeprefix("DynamoDb/")
            elif line.startswith("  "):
                names.add(suite + line.split()[0].removesuffix("/Endpoint"))
        return names

    def passes(self, endpoint, without=frozenset(), **environment):
        all_of_them = self.names(endpoint)
        self.assertLessEqual(set(without), all_of_them, "differences of tests that don't exist")
        left_out = ":".join(f"DynamoDb/{name}/Endpoint" for name in sorted(without))
        done = self.contract(endpoint, f"--gtest_filter=*/Endpoint:-{left_out}", **environment)
        self.assertEqual(done.returncode, 0, done.stdout[-20_000:] + done.stderr)
        passed = re.search(r"\[  PASSED  \] (\d+) tests", done.stdout)
        self.assertEqual(int(passed.group(1)), len(all_of_them) - len(without))
        self.assertGreaterEqual(int(passed.group(1)), 30)

    def test_against_a_region_of_ours(self):
        with meridian.Folder() as folder, meridian.Region(folder) as region:
            self.passes(Endpoint.of(region))

    def test_against_another_implementation(self):
        with Peer() as peer:
            on_demand = "on-demand tables" not in peer.lacks
            self.passes(peer.endpoint, DYNALITE if peer.lacks else frozenset(),
                        MERIDIAN_CONTRACT_PROVISIONED=None if on_demand else "1")


if __name__ == "__main__":
    unittest.main()
