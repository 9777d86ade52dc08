# embed.sh PAGE OUTPUT: writes the text of PAGE as a Swift file.
set -eu
{
    printf '/// Page/page.html.\nlet pageTemplate = ####"""\n'
    cat "$1"
    printf '\n"""####\n'
} >"$2.new"
mv "$2.new" "$2"
