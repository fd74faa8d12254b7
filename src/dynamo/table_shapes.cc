// Source of names, types and constraints: API reference; their order: tests of dynalite, which ran
// against the service.
#include "dynamo/table_shapes.h"

#include <array>

namespace meridian::dynamo {
namespace {

constexpr std::array<std::string_view, 3> kAttributeTypes{"B", "N", "S"};
constexpr Shape kAttributeType = one_of(kAttributeTypes);
constexpr Shape kAttributeName = text({1, 255});
constexpr std::array kAttributeDefinitionMembers{
    Member{"AttributeName", &kAttributeName, Need::kRequired},
    Member{"AttributeType", &kAttributeType, Need::kRequired},
};
constexpr Shape kAttributeDefinition =
    structure("AttributeDefinition", kAttributeDefinitionMembers);
constexpr Shape kAttributeDefinitions = list(kAttributeDefinition);

constexpr std::array<std::string_view, 2> kKeyTypes{"HASH", "RANGE"};
constexpr Shape kKeyType = one_of(kKeyTypes);
constexpr std::array kKeySchemaElementMembers{
    Member{"AttributeName", &kAttributeName, Need::kRequired},
    Member{"KeyType", &kKeyType, Need::kRequired},
};
constexpr Shape kKeySchemaElement = structure("KeySchemaElement", kKeySchemaElementMembers);
constexpr Shape kKeySchema = list(kKeySchemaElement, {1, 2});

constexpr std::array<std::string_view, 2> kBillingModes{"PROVISIONED", "PAY_PER_REQUEST"};
constexpr Shape kBillingMode = one_of(kBillingModes);
constexpr Shape kUnits = long_integer(1);
constexpr std::array kThroughputMembers{
    Member{"WriteCapacityUnits", &kUnits, Need::kRequired},
    Member{"ReadCapacityUnits", &kUnits, Need::kRequired},
};
constexpr Shape kThroughput = structure("ProvisionedThroughput", kThroughputMembers);
constexpr Shape kAnyUnits = long_integer();
constexpr std::array kOnDemandMembers{
    Member{"MaxReadRequestUnits", &kAnyUnits},
    Member{"MaxWriteRequestUnits", &kAnyUnits},
};
constexpr Shape kOnDemand = structure("OnDemandThroughput", kOnDemandMembers);
constexpr std::array kWarmMembers{
    Member{"ReadUnitsPerSecond", &kUnits},
    Member{"WriteUnitsPerSecond", &kUnits},
};
constexpr Shape kWarm = structure("WarmThroughput", kWarmMembers);

constexpr std::array<std::string_view, 3> kProjectionTypes{"ALL", "INCLUDE", "KEYS_ONLY"};
constexpr Shape kProjectionType = one_of(kProjectionTypes);
constexpr Shape kNonKeyAttributes = list(kAttributeName, {1, 20});
constexpr std::array kProjectionMembers{
    Member{"ProjectionType", &kProjectionType},
    Member{"NonKeyAttributes", &kNonKeyAttributes},
};
constexpr Shape kProjection = structure("Projection", kProjectionMembers);

constexpr std::array kLocalIndexMembers{
    Member{"IndexName", &kNewName, Need::kRequired},
    Member{"KeySchema", &kKeySchema, Need::kRequired},
    Member{"Projection", &kProjection, Need::kRequired},
};
constexpr Shape kLocalIndex = structure("LocalSecondaryIndex", kLocalIndexMembers);
constexpr Shape kLocalIndexes = list(kLocalIndex);
constexpr std::array kGlobalIndexMembers{
    Member{"IndexName", &kNewName, Need::kRequired},
    Member{"KeySchema", &kKeySchema, Need::kRequired},
    Member{"Projection", &kProjection, Need::kRequired},
    Member{"ProvisionedThroughput", &kThroughput},
    Member{"OnDemandThroughput", &kOnDemand},
    Member{"WarmThroughput", &kWarm},
};
constexpr Shape kGlobalIndex = structure("GlobalSecondaryIndex", kGlobalIndexMembers);
constexpr Shape kGlobalIndexes = list(kGlobalIndex);

constexpr std::array<std::string_view, 4> kViewTypes{"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES",
                                                     "KEYS_ONLY"};
constexpr Shape kViewType = one_of(kViewTypes);
constexpr std::array kStreamMembers{
    Member{"StreamEnabled", &kFlag, Need::kRequired},
    Member{"StreamViewType", &kViewType},
};
constexpr Shape kStream = structure("StreamSpecification", kStreamMembers);
constexpr std::array<std::string_view, 2> kEncryptionTypes{"AES256", "KMS"};
constexpr Shape kEncryptionType = one_of(kEncryptionTypes);
constexpr std::array kEncryptionMembers{
    Member{"Enabled", &kFlag},
    Member{"SSEType", &kEncryptionType},
    Member{"KMSMasterKeyId", &kText},
};
constexpr Shape kEncryption = structure("SSESpecification", kEncryptionMembers);

constexpr std::array kTagMembers{Member{"Key", &kText}, Member{"Value", &kText}};
constexpr Shape kTag = structure("Tag", kTagMembers);

constexpr std::array kCreateTableMembers{
    Member{"AttributeDefinitions", &kAttributeDefinitions, Need::kRequired},
    Member{"TableName", &kNewName, Need::kRequired, Alone::kWhenAbsent},
    Member{"BillingMode", &kBillingMode},
    Member{"ProvisionedThroughput", &kThroughput},
    Member{"KeySchema", &kKeySchema, Need::kRequired},
    Member{"LocalSecondaryIndexes", &kLocalIndexes},
    Member{"GlobalSecondaryIndexes", &kGlobalIndexes},
    Member{"StreamSpecification", &kStream},
    Member{"SSESpecification", &kEncryption},
    Member{"Tags", &kTags},
    Member{"TableClass", &kText},
    Member{"DeletionProtectionEnabled", &kFlag},
    Member{"OnDemandThroughput", &kOnDemand},
    Member{"WarmThroughput", &kWarm},
    Member{"ResourcePolicy", &kText},
};

constexpr std::array kIndexUpdateMembers{
    Member{"IndexName", &kNewName, Need::kRequired},
    Member{"ProvisionedThroughput", &kThroughput},
    Member{"OnDemandThroughput", &kOnDemand},
    Member{"WarmThroughput", &kWarm},
};
constexpr Shape kIndexUpdate = structure("UpdateGlobalSecondaryIndexAction", kIndexUpdateMembers);
constexpr std::array kIndexCreateMembers{
    Member{"Projection", &kProjection, Need::kRequired},
    Member{"IndexName", &kNewName, Need::kRequired},
    Member{"ProvisionedThroughput", &kThroughput},
    Member{"KeySchema", &kKeySchema, Need::kRequired},
    Member{"OnDemandThroughput", &kOnDemand},
    Member{"WarmThroughput", &kWarm},
};
constexpr Shape kIndexCreate = structure("CreateGlobalSecondaryIndexAction", kIndexCreateMembers);
constexpr std::array kIndexDeleteMembers{Member{"IndexName", &kNewName, Need::kRequired}};
constexpr Shape kIndexDelete = structure("DeleteGlobalSecondaryIndexAction", kIndexDeleteMembers);
constexpr std::array kIndexChangeMembers{
    Member{"Update", &kIndexUpdate},
    Member{"Create", &kIndexCreate},
    Member{"Delete", &kIndexDelete},
};
constexpr Shape kIndexChange = structure("GlobalSecondaryIndexUpdate", kIndexChangeMembers);
constexpr Shape kIndexChanges = list(kIndexChange);

// What a replica has otherwise than its table; kept and shown, nothing follows from it.
constexpr std::array kReadUnitsMembers{Member{"ReadCapacityUnits", &kUnits}};
constexpr Shape kReadUnits = structure("ProvisionedThroughputOverride", kReadUnitsMembers);
constexpr std::array kReplicaMembers{
    Member{"RegionName", &kText, Need::kRequired},
    Member{"KMSMasterKeyId", &kText},
    Member{"ProvisionedThroughputOverride", &kReadUnits},
    Member{"TableClassOverride", &kText},
};
constexpr Shape kReplicaCreate = structure("CreateReplicationGroupMemberAction", kReplicaMembers);
constexpr Shape kReplicaUpdate = structure("UpdateReplicationGroupMemberAction", kReplicaMembers);
constexpr std::array kReplicaDeleteMembers{Member{"RegionName", &kText, Need::kRequired}};
constexpr Shape kReplicaDelete =
    structure("DeleteReplicationGroupMemberAction", kReplicaDeleteMembers);
constexpr std::array kReplicaChangeMembers{
    Member{"Create", &kReplicaCreate},
    Member{"Update", &kReplicaUpdate},
    Member{"Delete", &kReplicaDelete},
};
constexpr Shape kReplicaChange = structure("ReplicationGroupUpdate", kReplicaChangeMembers);
constexpr Shape kReplicaChanges = list(kReplicaChange, {.min = 1});

constexpr std::array<std::string_view, 2> kConsistencies{"EVENTUAL", "STRONG"};
constexpr Shape kConsistency = one_of(kConsistencies);

constexpr std::array kUpdateTableMembers{
    Member{"AttributeDefinitions", &kAttributeDefinitions},
    kNameOfTableMember,
    Member{"ProvisionedThroughput", &kThroughput},
    Member{"BillingMode", &kBillingMode},
    Member{"GlobalSecondaryIndexUpdates", &kIndexChanges},
    Member{"StreamSpecification", &kStream},
    Member{"SSESpecification", &kEncryption},
    Member{"ReplicaUpdates", &kReplicaChanges},
    Member{"MultiRegionConsistency", &kConsistency},
    Member{"TableClass", &kText},
    Member{"DeletionProtectionEnabled", &kFlag},
    Member{"OnDemandThroughput", &kOnDemand},
    Member{"WarmThroughput", &kWarm},
};

constexpr std::array kOneTableMembers{kNameOfTableMember};
constexpr Shape kListLimit = integer(1, 100);
constexpr std::array kListTablesMembers{
    Member{"Limit", &kListLimit},
    Member{"ExclusiveStartTableName", &kNewName},
};

}  // namespace

constinit const Shape kNameOfTable{.length_min = 3,
                                   .length_max = 255,
                                   .pattern = kNamePattern,
                                   .matches = &is_name,
                                   .or_arn = true};
constinit const Shape kTags = list(kTag);
constinit const Shape kCreateTable = structure("CreateTableInput", kCreateTableMembers);
constinit const Shape kUpdateTable = structure("UpdateTableInput", kUpdateTableMembers);
constinit const Shape kOneTable = structure("DescribeTableInput", kOneTableMembers);
constinit const Shape kListTables = structure("ListTablesInput", kListTablesMembers);
constinit const Shape kNoParameters = structure("DescribeLimitsInput", {});

}  // namespace meridian::dynamo
