import Foundation
import PackagePlugin

/// Writes the definitions of a target's folder Library into a Swift file: one file there adds a member.
///
/// SwiftPM's resources would have to be named one by one to be embedded, and as a bundle they would not travel inside the
/// program.
@main
struct EmbedLibrary: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedLibrary/embed.sh")
        let library = target.directoryURL.appending(path: "Library")
        func entries(_ folder: URL) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] }
        let files = entries(library).flatMap { folder in
            entries(library.appending(path: folder)).filter { $0.hasSuffix(".yaml") }.map { library.appending(path: "\(folder)/\($0)") }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedLibrary.swift")
        return [
            .buildCommand(
                displayName: "Embedding the library of definitions", executable: URL(filePath: "/bin/sh"),
                arguments: [script, library, output].map { $0.path(percentEncoded: false) },
                inputFiles: [script] + files, outputFiles: [output])
        ]
    }
}
