#include "render/findings.h"

#include "base/map.h"

#define WHO_CELLS 40
#define ID_CELLS 8

static const struct group {
    const char *severity;
    const char *heading;
    enum cbk_colour colour;
} groups[] = {
    {"error", "Not fit for application consistency:", CBK_RED},
    {"warning", "Worth a look:", CBK_YELLOW},
};

void cbk_render_instance(const char *id, const char *name, struct cbk_str *out)
{
    cbk_str_add(out, id);
    if (*name)
        cbk_str_addf(out, " (%s)", name);
}

static void add_finding(const json_t *finding, bool is_first, const struct group *group, const struct cbk_style *style,
                        struct cbk_str *out)
{
    CBK_STR(who);
    if (is_first)
        cbk_render_instance(cbk_json_text_or(finding, "instance", ""), cbk_json_text_or(finding, "instance_name", ""),
                            &who);
    cbk_str_add(out, "  ");
    cbk_style_add_padded(style, out, CBK_PLAIN, who.ptr, WHO_CELLS);
    cbk_style_add_padded(style, out, group->colour, cbk_json_text_or(finding, "id", ""), ID_CELLS);
    cbk_style_add(style, out, CBK_PLAIN, cbk_json_text_or(finding, "message", ""));
    cbk_str_add_char(out, '\n');
}

/* A job and a binding of one instance find the same: it is told once, and counted where it is asked for. */
static bool is_told(struct cbk_map *told, const json_t *finding)
{
    CBK_STR(key);
    cbk_str_addf(&key, "%s\n%s\n%s", cbk_json_text_or(finding, "instance", ""), cbk_json_text_or(finding, "id", ""),
                 cbk_json_text_or(finding, "message", ""));
    if (cbk_map_get(told, key.ptr))
        return true;
    cbk_map_set(told, key.ptr, told);
    return false;
}

static void add_group(const json_t *plan, const struct group *group, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *told = cbk_map_new();
    const char *last_address = NULL;
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(plan, "checks"), index, finding) {
        if (cbk_json_bool(finding, "ok", true) ||
            !cbk_str_equal(cbk_json_text_or(finding, "severity", "error"), group->severity) || is_told(told, finding))
            continue;
        const char *address = cbk_json_text_or(finding, "address", "");
        if (!last_address)
            cbk_style_add(style, out, CBK_BOLD, group->heading);
        if (!last_address)
            cbk_str_add_char(out, '\n');
        add_finding(finding, !cbk_str_equal(address, last_address), group, style, out);
        last_address = address;
    }
    if (last_address)
        cbk_str_add_char(out, '\n');
}

void cbk_render_findings(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(groups); i++)
        add_group(plan, &groups[i], style, out);
}
