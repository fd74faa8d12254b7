// ClientRequestTokens: a transaction that was made is not made again within ten minutes.
//
// A token is one more write of the transaction, into the system table kTokensTable, under the
// condition that it is new: both are durable, or neither is.
#pragma once

#include <string>
#include <string_view>

#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "store/table_store.h"

namespace meridian::dynamo {

struct RequestToken {
    std::string token;
    std::string digest;  // of what the request asks for
};

// The system table kTokensTable, by id.
[[nodiscard]] store::TableSchema tokens_table();

// REQUIRES: what is asked for is written the same way each time.
[[nodiscard]] RequestToken request_token(std::string_view token, std::string_view asked);

// The write that remembers the token; makes the table when there is none.
[[nodiscard]] Result<store::Write> remember(World& world, const RequestToken& token);

// What its failed condition means: the same request was made before (its answer is to be given
// again), or IdempotentParameterMismatchException.
[[nodiscard]] Outcome<void> check_repeated(const RequestToken& token,
                                           const store::WriteOutcome& outcome);

// Deletes tokens that are old, some at a time, without waiting. Tokens are used more often than it
// is called.
void forget_old_tokens(World& world);

}  // namespace meridian::dynamo
