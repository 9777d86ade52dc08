import Definitions
import Synchronization
import TrialContract

/// Builds each objective once as long as few are in use: objectives are compared by identity, and one with data takes
/// megabytes.
final class ObjectiveCache: Sendable {
    private static let mostKept = 256

    private struct Key: Hashable {
        var parameters: [Double]
        var dimension: Int
    }

    private let objectives = Mutex<[Key: DefinedObjective]>([:])

    func objective(
        _ definition: ProblemDefinition, parameters: [String: Double], dimension: Int
    ) throws(DefinitionError) -> DefinedObjective {
        let key = Key(parameters: definition.parameters.map { parameters[$0.name] ?? .nan }, dimension: dimension)
        if let known = objectives.withLock({ $0[key] }) { return known }
        let built = try definition.build(parameters: parameters, dimension: dimension)
        return objectives.withLock { objectives in
            if let known = objectives[key] { return known }
            if objectives.count >= Self.mostKept { objectives.removeAll() }
            objectives[key] = built
            return built
        }
    }
}
