#!/usr/bin/env bats
# What shells complete.

load lib

@test "the scripts are their shells' own language" {
    for shell in bash zsh fish; do
        cbk completion "$shell" >script
        run "$shell" -n script
        [ "$status" -eq 0 ] || { echo "$shell: $output" && false; }
        while read -r command; do
            grep -q "$command" script
        done < <(cbk help | sed -n 's/^  \([a-z]*\) .*/\1/p')
    done
    refuses 'usage: cbk completion bash|zsh|fish' completion tcsh
}

# What bash offers behind the words.
offered()
{
    bash -c 'source <(cbk completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cbk; echo "${COMPREPLY[*]}"' bash "$@"
}

@test "bash completes commands, options, formats and files" {
    [ "$(offered cbk pl)" = plan ]
    [ "$(offered cbk -C stack sta)" = state ]
    [ "$(offered cbk plan --ta)" = --target ]
    [ -z "$(offered cbk validate --ta)" ]
    [ "$(offered cbk graph --format '')" = 'dot mermaid' ]
    [ "$(offered cbk state m)" = mv ]
    [ "$(offered cbk plan --var-file wor)" = world.yaml ]
}

@test "fish completes commands, options and formats" {
    run fish -c 'cbk completion fish | source; complete -C "cbk pl"; complete -C "cbk graph --format "; complete -C "cbk state p"'
    [ "$status" -eq 0 ]
    says plan dot mermaid push
}
