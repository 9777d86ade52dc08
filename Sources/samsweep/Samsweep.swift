import ArgumentParser

@main
struct Samsweep: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "samsweep", abstract: "placeholder")
}
