// How requests to a service go, as metrics.
#pragma once

#include <memory>

#include "aws/json_service.h"
#include "base/clock.h"
#include "lambda/metrics.h"

namespace meridian::lambda {

// The service, with how long its calls take (TableLatency) and which of them fail on the service's
// side or on the way there (TableErrors): what a condition refused is an answer. Ownership: metrics
// and clock must outlive it. Threads: any.
[[nodiscard]] std::shared_ptr<aws::JsonService> metered(std::shared_ptr<aws::JsonService> service,
                                                        Metrics& metrics, const Clock& clock);

}  // namespace meridian::lambda
