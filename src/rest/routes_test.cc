#include "rest/routes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using testing::HasSubstr;

// What openapi.json says of one operation.
struct Documented {
    std::string path;
    std::string method;
    std::set<std::string> query;
    std::set<std::string> path_names;
};

const item::Map& at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    EXPECT_NE(value, nullptr) << name;
    return *value->as<item::Map>();
}

// Adds what a list of references to parameters names.
void add_parameters(const item::Map& document, const item::Map& holder, Documented& operation) {
    const auto* list = item::find(holder, "parameters");
    if (list == nullptr) {
        return;
    }
    for (const auto& entry : *list->as<item::List>()) {
        const auto ref = *item::find(*entry.as<item::Map>(), "$ref")->as<std::string>();
        const auto& parameter =
            at(at(at(document, "components"), "parameters"), ref.substr(ref.rfind('/') + 1));
        const auto name = *item::find(parameter, "name")->as<std::string>();
        const auto where = *item::find(parameter, "in")->as<std::string>();
        if (where == "query") {
            operation.query.insert(name);
        } else if (where == "path") {
            operation.path_names.insert(name);
        }
    }
}

// By operationId.
std::map<std::string, Documented> documented() {
    std::map<std::string, Documented> operations;
    const auto parsed = item::parse_plain_json(openapi_document());
    EXPECT_TRUE(parsed);
    const auto& document = *parsed->as<item::Map>();
    for (const auto& [path, methods] : at(document, "paths")) {
        for (const auto* method : {"get", "put", "post", "patch", "delete"}) {
            const auto* found = item::find(*methods.as<item::Map>(), method);
            if (found == nullptr) {
                continue;
            }
            const auto& operation = *found->as<item::Map>();
            Documented entry{path, method, {}, {}};
            std::ranges::transform(entry.method, entry.method.begin(),
                                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            add_parameters(document, *methods.as<item::Map>(), entry);
            add_parameters(document, operation, entry);
            const auto id = *item::find(operation, "operationId")->as<std::string>();
            EXPECT_TRUE(operations.emplace(id, entry).second) << id << " is there twice";
        }
    }
    return operations;
}

// A path with names for the {names}.
std::string filled(std::string_view path) {
    std::string result;
    while (!path.empty()) {
        const auto open = std::min(path.find('{'), path.size());
        result += path.substr(0, open);
        path.remove_prefix(open);
        if (!path.empty()) {
            result += path.starts_with("{entity}") ? "agents%2Fa" : "name";
            path.remove_prefix(path.find('}') + 1);
        }
    }
    return result;
}

TEST(Document, IsTheFileToTheByte) {
    std::ifstream file(MERIDIAN_TESTDATA "/../../src/rest/openapi.json");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), openapi_document());
}

TEST(Document, HasEveryRoute) {
    const auto operations = documented();
    for (const auto& route : routes()) {
        const auto found = operations.find(std::string(route.operation_id));
        ASSERT_NE(found, operations.end()) << route.operation_id;
        EXPECT_EQ(found->second.method, route.method) << route.path;
        EXPECT_EQ(found->second.query,
                  std::set<std::string>(route.parameters.begin(), route.parameters.end()))
            << route.operation_id;
        // Other spellings of a path are the history's only.
        EXPECT_TRUE(found->second.path == route.path ||
                    (route.path.starts_with("/history/") && route.kind))
            << route.path;
    }
}

TEST(Document, HasNoOperationWithoutARoute) {
    for (const auto& [id, operation] : documented()) {
        const auto path = filled(operation.path);
        EXPECT_EQ(ManagementApi::operation_of(operation.method, path), id) << path;
        EXPECT_EQ(ManagementApi::operation_of(operation.method, "/prod" + path), id) << path;
        std::set<std::string> names;
        for (auto rest = operation.path; rest.contains('{');
             rest = rest.substr(rest.find('}') + 1)) {
            const auto open = rest.find('{') + 1;
            names.insert(rest.substr(open, rest.find('}') - open));
        }
        EXPECT_EQ(operation.path_names, names) << operation.path;
    }
}

TEST(Routes, EachIsReachedAlsoUnderAStage) {
    for (const auto& route : routes()) {
        for (const auto* stage : {"", "/prod", "/$default"}) {
            const auto target = stage + filled(route.path) + "?x=1";
            EXPECT_EQ(ManagementApi::operation_of(route.method, target), route.operation_id)
                << target;
            if (route.method == "GET") {
                EXPECT_EQ(ManagementApi::operation_of("HEAD", target), route.operation_id);
            }
        }
    }
}

TEST(Routes, ThatAreNone) {
    struct Case {
        const char* method;
        const char* target;
    };
    for (const auto& [method, target] :
         {Case{"GET", "/"}, Case{"GET", ""}, Case{"GET", "*"}, Case{"GET", "/routings"},
          Case{"GET", "/a/b/routing"}, Case{"GET", "/routing/+1/us-east-1/x/y"},
          Case{"POST", "/agents/x"}, Case{"BREW", "/routing"}, Case{"get", "/routing"},
          Case{"GET", "/agents/%"}, Case{"OPTIONS", "/routing"}}) {
        EXPECT_FALSE(ManagementApi::operation_of(method, target)) << method << ' ' << target;
    }
}

TEST(Routes, EntitiesMayHaveTheNamesOfOperations) {
    EXPECT_EQ(ManagementApi::operation_of("POST", "/agents/import"), "importAgents");
    EXPECT_EQ(ManagementApi::operation_of("PUT", "/agents/import"), "putAgent");
    EXPECT_EQ(ManagementApi::operation_of("GET", "/agents/routing"), "getAgent");
    EXPECT_EQ(ManagementApi::operation_of("GET", "/history/agents/restore"), "getHistory");
    EXPECT_EQ(ManagementApi::operation_of("POST", "/history/agents/restore/restore"),
              "restoreChange");
}

TEST(Routes, AnUnknownPathIs404) {
    const TestRegion region;
    const auto seen = region.ask("GET", "/nothing");
    EXPECT_EQ(seen.status, 404);
    EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "ResourceNotFoundException");
    EXPECT_THAT(seen.text("message"), HasSubstr("/openapi.json"));
}

TEST(Routes, AnotherMethodIs405WithTheRightOnes) {
    const TestRegion region;
    struct Case {
        const char* path;
        const char* allow;
    };
    for (const auto& [path, allow] :
         {Case{"/routing", "GET, HEAD, POST, OPTIONS"},
          Case{"/prod/routing", "GET, HEAD, POST, OPTIONS"},
          Case{"/routing/+1/us-east-1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"},
          Case{"/agents/import", "POST, GET, HEAD, PUT, PATCH, DELETE, OPTIONS"},
          Case{"/explain", "POST, OPTIONS"}, Case{"/lint", "GET, HEAD, OPTIONS"}}) {
        const auto refused = region.ask("BREW", path);
        EXPECT_EQ(refused.status, 405) << path;
        EXPECT_EQ(refused.header("Allow"), allow) << path;
        const auto asked = region.ask("OPTIONS", path, {}, {}, management::Role::kViewer);
        EXPECT_EQ(asked.status, 204) << path;
        EXPECT_EQ(asked.header("Allow"), allow) << path;
        EXPECT_EQ(asked.response.body, "") << path;
    }
}

TEST(Routes, AreForTheirRolesOnly) {
    const TestRegion region;
    using enum management::Role;
    for (const auto& route : routes()) {
        for (const auto role : {kViewer, kEditor, kOperator, kAdmin}) {
            const auto seen = region.ask(route.method, filled(route.path), "{}", {}, role);
            if (role >= route.role) {
                EXPECT_NE(seen.status, 403) << route.operation_id;
                continue;
            }
            EXPECT_EQ(seen.status, 403) << route.operation_id;
            EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "AccessDeniedException");
            EXPECT_THAT(seen.text("message"),
                        AllOf(HasSubstr(std::string(management::to_string(route.role))),
                              HasSubstr(std::string(management::to_string(role)))));
        }
    }
    // Reading takes no more than a viewer, and no viewer writes.
    for (const auto& route : routes()) {
        const bool reads = route.method == "GET" || route.operation_id == "explain";
        EXPECT_EQ(route.role == kViewer, reads) << route.operation_id;
    }
}

TEST(Routes, RefuseUnknownParameters) {
    const TestRegion region;
    for (const auto& route : routes()) {
        const auto seen = region.ask(route.method, filled(route.path) + "?dryrun=true", "{}", {},
                                     management::Role::kAdmin);
        EXPECT_EQ(seen.status, 400) << route.operation_id;
        EXPECT_THAT(seen.text("message"), HasSubstr("'dryrun'")) << route.operation_id;
    }
}

TEST(Routes, AWrongEscapeInThePathIs400) {
    const TestRegion region;
    EXPECT_EQ(region.ask("GET", "/agents/%zz").status, 400);
    EXPECT_EQ(region.ask("GET", "/agents/%ff").status, 400);
}

TEST(Routes, NotServedHere) {
    const TestRegion region;
    for (const auto* target : {"/traffic/default", "/events?kind=agents"}) {
        const auto seen = region.ask("GET", target);
        EXPECT_EQ(seen.status, 501) << target;
        EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "NotImplementedException");
    }
}

}  // namespace
}  // namespace meridian::rest
