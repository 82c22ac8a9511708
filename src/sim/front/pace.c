#include "sim/front/pace.h"

struct sim_pace {
    int64_t qps;
    struct {
        int64_t second, calls;
    } windows[SIM_SERVICE_COUNT];
};

struct sim_pace *sim_pace_new(int64_t qps)
{
    struct sim_pace *pace = CBK_NEW(struct sim_pace);
    pace->qps = qps;
    return pace;
}

void sim_pace_free(struct sim_pace *pace)
{
    free(pace);
}

bool sim_pace_admit(struct sim_pace *pace, enum sim_service service, int64_t now_ms)
{
    if (!pace->qps)
        return true;
    if (pace->windows[service].second != now_ms / 1000) {
        pace->windows[service].second = now_ms / 1000;
        pace->windows[service].calls = 0;
    }
    return ++pace->windows[service].calls <= pace->qps;
}
