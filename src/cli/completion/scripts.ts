export type Shell = 'bash' | 'zsh' | 'fish';

export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** What a shell loads once. It asks `mpm-io completion --complete -- WORDS` at each Tab, so it never grows old. */
export const completionScript = (shell: Shell): string => scripts[shell];

/** Words are taken from the line itself: bash splits them at colons, and `web:1` is one word to us. Works with bash 3.2. */
const bash = String.raw`# mpm-io completion for bash: add this line to ~/.bashrc
#   source <(mpm-io completion bash)
_mpm_io() {
  local line="${'$'}{COMP_LINE:0:COMP_POINT}" current split candidate
  local -a typed
  read -ra typed <<< "$line"
  [[ "$line" == *[[:space:]] ]] && typed+=("")
  current="${'$'}{typed[${'$'}{#typed[@]}-1]}"
  split=""
  [[ "$current" == *[:=]* ]] && split="${'$'}{current%[:=]*}:"
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ -n "$split" ]] && candidate="${'$'}{candidate:${'$'}{#split}}"
    COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <(mpm-io completion --complete -- "${'$'}{typed[@]:1}" 2>/dev/null)
}
complete -o default -F _mpm_io mpm-io
`;

const zsh = String.raw`#compdef mpm-io
# mpm-io completion for zsh: add this line to ~/.zshrc, behind compinit
#   source <(mpm-io completion zsh)
_mpm_io() {
  local -a found
  found=("${'$'}{(@f)$(mpm-io completion --complete -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("${'$'}{(@)found:#}")
  if (( ${'$'}{#found} )); then
    compadd -a found
  else
    _files
  fi
}
if [[ "${'$'}{funcstack[1]}" == _mpm_io ]]; then
  _mpm_io "$@"
else
  compdef _mpm_io mpm-io
fi
`;

const fish = String.raw`# mpm-io completion for fish: save it to a file
#   mpm-io completion fish > ~/.config/fish/completions/mpm-io.fish
function __mpm_io_complete
  set -l typed (commandline -opc) (commandline -ct)
  mpm-io completion --complete -- $typed[2..-1] 2>/dev/null
end
complete -c mpm-io -a '(__mpm_io_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
