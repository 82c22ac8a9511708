#include "config/variables.h"

#include "config/scalar.h"

#include <stdlib.h>
#include <string.h>

/* Where a value comes from, the weakest first. */
enum origin { FROM_DEFAULT, FROM_ENVIRONMENT, FROM_SAVED_PLAN, FROM_COMMAND_LINE };

struct loader {
    enum origin origin; /* of what is being read */
    bool is_lenient;
    const struct cbk_files *files; /* where files of values lie that are not on disk; NULL: all are */
    struct cbk_variables *variables;
    struct cbk_doc_vec *docs;
    struct cbk_arena *arena;
    struct cbk_errors *errors;
};

void cbk_variables_release(struct cbk_variables *variables)
{
    if (!variables->by_name)
        return;
    CBK_MAP_FOREACH(entry, variables->by_name) {
        struct cbk_variable *variable = cbk_map_entry_value(entry);
        json_decref(variable->value);
    }
    cbk_map_free(variables->by_name);
    variables->by_name = NULL;
}

json_t *cbk_variables_given(const struct cbk_variables *variables)
{
    json_t *given = json_object();
    CBK_MAP_FOREACH(entry, variables->by_name) {
        const struct cbk_variable *variable = cbk_map_entry_value(entry);
        if (variable->is_given && !variable->sensitive && variable->value)
            json_object_set(given, cbk_map_entry_key(entry), variable->value);
    }
    return given;
}

const struct cbk_variable *cbk_variables_get(const struct cbk_variables *variables, const char *name)
{
    return cbk_map_get(variables->by_name, name);
}

int cbk_variables_fail_unknown(const struct cbk_variables *variables, const char *name, struct cbk_span span,
                               struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    CBK_MAP_FOREACH(entry, variables->by_name)
        cbk_strings_push(&names, cbk_map_entry_key(entry));
    (void)cbk_fail_unknown(err, span, CBK_E_REFERENCE, "variable", name, names.items, names.len);
    return cbk_error_hint(err, "declare it under 'variables:' in cbk.yaml");
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_bool(const json_t *value)
{
    return json_is_boolean(value);
}

static const struct type_row {
    const char *name;
    const char *article;
    bool (*fits)(const json_t *value);
} types[] = {
    {"string", "a string", is_text},
    {"number", "a number", is_number},
    {"bool", "true or false", is_bool},
};

static const struct type_row *find_type(const char *name)
{
    for (size_t i = 0; name && i < CBK_ARRAY_LEN(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

/* The declared type, else that of the default, else a string. */
static const char *type_of(const json_t *declaration)
{
    const struct type_row *declared = find_type(cbk_json_text(declaration, "type"));
    if (declared)
        return declared->name;
    const json_t *value = json_object_get(declaration, "default");
    for (size_t i = 0; value && i < CBK_ARRAY_LEN(types); i++)
        if (types[i].fits(value))
            return types[i].name;
    return types[0].name;
}

/* Gives the variable its value. `span` may be without a line: a sensitive value's line is never quoted. */
static void assign(struct loader *loader, const char *name, json_t *value, struct cbk_span span)
{
    struct cbk_variable *variable = cbk_map_get(loader->variables->by_name, name);
    const struct type_row *type = find_type(variable->type);
    if (type->fits(value)) {
        json_decref(variable->value);
        variable->value = json_incref(value);
        variable->is_given = loader->origin != FROM_DEFAULT;
        variable->is_typed_in = loader->origin == FROM_COMMAND_LINE;
        return;
    }
    if (variable->sensitive)
        span.line = 0;
    struct cbk_error *err = cbk_errors_add(loader->errors);
    cbk_fail_at(err, span, CBK_E_VALIDATION, "the value of variable '%s' is not %s", name, type->article);
    if (!variable->sensitive)
        cbk_error_note(err, variable->declared, "declared here as %s", type->name);
}

/* A value that came as text: everything is a string, unless the variable wants something else. */
static void assign_text(struct loader *loader, const char *name, const char *text, const char *from)
{
    const struct cbk_variable *variable = cbk_variables_get(loader->variables, name);
    CBK_ERROR(err);
    CBK_JSON *value = NULL;
    if (strcmp(variable->type, "string") == 0 || cbk_scalar_parse(text, &value, &err) < 0)
        value = json_string(text);
    if (!value) {
        cbk_fail(cbk_errors_add(loader->errors), CBK_E_VALIDATION, "%s is not valid UTF-8", from);
        return;
    }
    assign(loader, name, value, (struct cbk_span){0});
}

static void undeclared(struct loader *loader, const char *name, struct cbk_span span)
{
    if (!loader->is_lenient)
        (void)cbk_variables_fail_unknown(loader->variables, name, span, cbk_errors_add(loader->errors));
}

static void load_file(struct loader *loader, const struct cbk_config_input *input)
{
    struct cbk_doc *doc = NULL;
    int r = input->in_files ? cbk_doc_read_from(loader->files, input->in_files, CBK_FILES_WHOLE, &doc, loader->errors)
                            : cbk_doc_read(input->var_file, &doc, loader->errors);
    if (!doc)
        return;
    cbk_doc_vec_push(loader->docs, doc);
    if (r < 0 || json_is_null(doc->root))
        return;
    if (!json_is_object(doc->root)) {
        cbk_fail_at(cbk_errors_add(loader->errors), cbk_doc_span(doc, "", false), CBK_E_VALIDATION,
                    "expected 'NAME: value' lines here");
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach(doc->root, name, value) {
        const struct cbk_place *place = cbk_place_member(doc->place, name);
        if (cbk_variables_get(loader->variables, name))
            assign(loader, name, value, place->value);
        else
            undeclared(loader, name, place->key);
    }
}

static void load_argument(struct loader *loader, const char *argument)
{
    size_t len = strcspn(argument, "=");
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strndup(argument, len);
    if (!argument[len]) {
        struct cbk_error *err = cbk_errors_add(loader->errors);
        cbk_fail(err, CBK_E_USAGE, "--var '%s' has no value", name);
        cbk_error_hint(err, "write --var NAME=VALUE");
    } else if (cbk_variables_get(loader->variables, name)) {
        CBK_CLEANUP(cbk_string_freep) char *from = cbk_strf("--var '%s'", name);
        assign_text(loader, name, argument + len + 1, from);
    } else {
        undeclared(loader, name, (struct cbk_span){0});
    }
}

static void load_environment(struct loader *loader)
{
    CBK_MAP_FOREACH(entry, loader->variables->by_name) {
        CBK_CLEANUP(cbk_string_freep) char *from = cbk_strf("CBK_VAR_%s", cbk_map_entry_key(entry));
        const char *text = getenv(from);
        if (text)
            assign_text(loader, cbk_map_entry_key(entry), text, from);
    }
}

static void declare(struct loader *loader, const char *name, const json_t *declaration, const struct cbk_place *place)
{
    struct cbk_variable *variable = CBK_ARENA_NEW(loader->arena, struct cbk_variable);
    variable->type = type_of(declaration);
    variable->declared = place->key;
    variable->sensitive = cbk_json_bool(declaration, "sensitive", false);
    cbk_map_set(loader->variables->by_name, name, variable);

    const json_t *type = json_object_get(declaration, "type");
    if (!json_is_object(declaration)) {
        struct cbk_error *err = cbk_errors_add(loader->errors);
        cbk_fail_at(err, place->value, CBK_E_SCHEMA, "variable '%s' has to be declared by a mapping", name);
        cbk_error_hint(err, "write %s: {default: VALUE}, or %s: {} when the value comes from outside", name, name);
    } else if (type && !find_type(json_string_value(type))) {
        cbk_fail_at(cbk_errors_add(loader->errors), cbk_place_span(place, "/type", false), CBK_E_SCHEMA,
                    "the type of variable '%s' has to be string, number or bool", name);
    }
}

/* What a default says is not looked through for references: one in it would stay as it stands. */
static void check_stands_alone(struct loader *loader, const char *name, const char *text, struct cbk_span span)
{
    const char *found = strstr(text, "${var.");
    if (!found || (found > text && found[-1] == '$'))
        return;
    struct cbk_error *err = cbk_errors_add(loader->errors);
    cbk_fail_at(err, span, CBK_E_REFERENCE, "the default of variable '%s' refers to a variable", name);
    cbk_error_hint(err, "put both references where the value is used");
}

static void load_defaults(struct loader *loader, const json_t *declarations, const struct cbk_place *place)
{
    const char *name;
    json_t *declaration;
    json_object_foreach((json_t *)declarations, name, declaration) {
        const struct cbk_place *declared = cbk_place_member(place, name);
        json_t *value = json_object_get(declaration, "default");
        struct cbk_span span = cbk_place_span(declared, "/default", false);
        if (json_is_string(value))
            check_stands_alone(loader, name, json_string_value(value), span);
        if (value)
            assign(loader, name, value, span);
    }
}

/* A plan is carried out with the values that it was made with. */
static void keep_saved(struct loader *loader, const json_t *kept)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)kept, name, value) {
        const struct cbk_variable *variable = cbk_variables_get(loader->variables, name);
        if (!variable)
            continue; /* the stack's files have changed: that is said when the plan is held against them */
        if (!variable->is_typed_in) {
            assign(loader, name, value, (struct cbk_span){0});
        } else if (!json_equal(variable->value, value)) {
            struct cbk_error *err = cbk_errors_add(loader->errors);
            cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: it was made with another value of the variable '%s'", name);
            cbk_error_hint(err, "leave out --var and --var-file: the plan has its values; or make a new plan");
        }
    }
}

static void report_missing(struct loader *loader)
{
    CBK_MAP_FOREACH(entry, loader->variables->by_name) {
        const struct cbk_variable *variable = cbk_map_entry_value(entry);
        const char *name = cbk_map_entry_key(entry);
        if (variable->value)
            continue;
        struct cbk_error *err = cbk_errors_add(loader->errors);
        cbk_fail_at(err, variable->declared, CBK_E_VALIDATION, "variable '%s' has no value", name);
        cbk_error_hint(err,
                       "give it by --var %s=VALUE, by a line '%s: VALUE' in a --var-file, by CBK_VAR_%s in the "
                       "environment, or declare a default",
                       name, name, name);
    }
}

int cbk_variables_load(const json_t *root, const struct cbk_place *place, const struct cbk_config_options *options,
                       struct cbk_doc_vec *docs, struct cbk_arena *arena, struct cbk_variables *ret,
                       struct cbk_errors *errors)
{
    size_t first_error = errors->list.len;
    ret->by_name = cbk_map_new();
    struct loader loader = {.variables = ret,
                            .docs = docs,
                            .arena = arena,
                            .errors = errors,
                            .files = options->files,
                            .is_lenient = options->is_lenient};
    json_t *declarations = json_object_get(root, "variables");
    const struct cbk_place *section = cbk_place_member(place, "variables");
    const char *name;
    json_t *declaration;
    json_object_foreach(declarations, name, declaration)
        declare(&loader, name, declaration, cbk_place_member(section, name));

    /* the weakest first, so that the strongest has the last word */
    load_defaults(&loader, declarations, section);
    loader.origin = FROM_ENVIRONMENT;
    load_environment(&loader);
    loader.origin = FROM_COMMAND_LINE;
    for (size_t i = 0; i < options->input_count; i++)
        if (options->inputs[i].var_file)
            load_file(&loader, &options->inputs[i]);
    for (size_t i = 0; i < options->input_count; i++)
        if (options->inputs[i].var)
            load_argument(&loader, options->inputs[i].var);
    loader.origin = FROM_SAVED_PLAN;
    keep_saved(&loader, options->kept);
    if (errors->list.len == first_error) /* one that was refused its value is not also missing it */
        report_missing(&loader);
    return errors->list.len > first_error ? errors->list.items[first_error].code : 0;
}
