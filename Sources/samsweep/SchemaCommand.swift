import ArgumentParser
import KernelSelection
import SweepPlanning

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of the sweep file, for editors.",
        discussion: "A sweep file names it in its first line: # yaml-language-server: $schema=sweep.schema.json")

    func run() throws {
        try StandardOutput.print(SweepSchema.json(catalogue: KernelSelection.catalogue))
    }
}
