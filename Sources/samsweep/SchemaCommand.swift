import ArgumentParser
import KernelSelection
import SweepPlanning

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of the sweep file, for editors.",
        discussion: """
            Written to a file beside the sweep, as samsweep schema > sweep-schema.json, it is named in the sweep's first line: \
            # yaml-language-server: $schema=sweep-schema.json
            """)

    func run() throws {
        try StandardOutput.print(SweepSchema.json(catalogue: KernelSelection.catalogue))
    }
}
