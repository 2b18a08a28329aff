
_caravan() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}" command="${COMP_WORDS[1]:-}" name
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$_caravan_commands --help --version" -- "$word")
        return
    fi
    # Readline takes '=' for a word of its own: --set, merge.policy, =, au
    if [ "$word" = = ]; then
        name="$before" word=
    elif [ "$before" = = ] && [ "$COMP_CWORD" -ge 3 ]; then
        name="${COMP_WORDS[COMP_CWORD - 2]}"
    fi
    if [ -n "${name:-}" ]; then
        mapfile -t COMPREPLY < <(compgen -W "${_caravan_values[$name]:-}" -- "$word")
    elif [ "$before" = --set ]; then
        mapfile -t COMPREPLY < <(compgen -S = -W "${!_caravan_values[*]} kafka.bootstrap.servers" -- "$word")
        compopt -o nospace 2>/dev/null
    elif [[ "$word" = -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${_caravan_options[$command]:-}" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ -n "${_caravan_words[$command]:-}" ]; then
        mapfile -t COMPREPLY < <(compgen -W "${_caravan_words[$command]}" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames 2>/dev/null
    fi
}
complete -F _caravan caravan
