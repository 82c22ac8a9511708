#include "config/parser.h"

#include "base/alloc.h"
#include "config/complaint.h"

void cbk_parser_begin(yaml_parser_t *parser, const struct cbk_source *source)
{
    if (!yaml_parser_initialize(parser))
        cbk_out_of_memory();
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)source->text, source->len);
}

int cbk_parser_next(yaml_parser_t *parser, const struct cbk_source *source, yaml_event_t *ret_event,
                    struct cbk_error *err)
{
    return yaml_parser_parse(parser, ret_event) ? 0 : cbk_complain(source, parser, err);
}

const char *cbk_event_anchor(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return (const char *)event->data.alias.anchor;
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}
