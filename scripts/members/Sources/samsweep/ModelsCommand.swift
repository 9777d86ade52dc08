import ArgumentParser
import ScalingFits

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Prints the formulas of the laws that can be fitted.")

    func run() throws {
        let lines = ModelCatalogue.descriptions.map { "\($0.name): \($0.formula)" }
        try StandardOutput.print(lines.joined(separator: "\n"))
    }
}
