# embed.sh LIBRARY OUTPUT: writes the text of every LIBRARY/FOLDER/NAME.yaml, in the order of their names, as a Swift file.
set -eu
LC_ALL=C
export LC_ALL
{
    echo 'let embeddedLibrary: [(folder: String, name: String, text: String)] = ['
    for folder in "$1"/*/; do
        folder=${folder%/}
        for file in "$folder"/*.yaml; do
            [ -f "$file" ] || continue
            name=${file##*/}
            printf '("%s", "%s", ####"""\n' "${folder##*/}" "${name%.yaml}"
            cat "$file"
            printf '\n"""####),\n'
        done
    done
    echo ']'
} >"$2.new"
mv "$2.new" "$2"
