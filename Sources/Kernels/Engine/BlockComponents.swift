import TrialContract

/// The parts a block is computed with, looked up by name once.
struct BlockComponents {
    let launcher: Launcher
    let noise: any NoiseModel
    let learningRateSchedule: any FactorSource
    let rhoSchedule: any FactorSource
    let statistics: [RecordedStatistic]
    let curveQuantities: [RecordedQuantity]

    init(_ trialClass: TrialClass) {
        let isDefined = trialClass.definedObjective != nil
        let launchers = isDefined
            ? Catalogue.definedLaunchers
            : trialClass.method == .full ? Catalogue.launchers : Catalogue.reducedLaunchers
        let algorithm = trialClass.definedAlgorithm
        guard let launcher = launchers.first(where: {
            (algorithm != nil || $0.optimizerDescription.name == trialClass.optimizer.name)
                && (isDefined || $0.problemDescription.name == trialClass.problem.name)
        }) else {
            fatalError("no kernel for \(trialClass.optimizer.name) on \(trialClass.problem.name)")
        }
        self.launcher = algorithm.map { Launcher($0, onProblemOf: launcher) } ?? launcher
        let model = Self.noiseModel(trialClass.noiseModel, precision: trialClass.noisePrecision)
        noise = trialClass.method == .reduced && model is Gaussian ? BlockNoise(trialClass.spectrum) : model
        learningRateSchedule = Self.schedule(
            trialClass.learningRateSchedule, trialClass.learningRateFactors, Catalogue.learningRateSchedules)
        rhoSchedule = Self.schedule(trialClass.rhoSchedule, trialClass.rhoFactors, Catalogue.rhoSchedules)
        statistics = trialClass.statistics.map { name in
            trialClass.definedStatistics.first { $0.name == name }.map { .own($0) }
                ?? .member(Self.find(name, Catalogue.statistics) { $0.description.name })
        }
        curveQuantities = (trialClass.curve?.quantities ?? []).map { name in
            trialClass.definedStatistics.first { $0.name == name }.map { .own($0) }
                ?? .member(Self.find(name, Catalogue.curveQuantities) { $0.description.name })
        }
    }

    static func noiseModel(_ choice: ComponentChoice, precision: NoisePrecision) -> any NoiseModel {
        find(choice.name, Catalogue.noiseModels) { $0.description.name }
            .init(parameters: choice.parameters, precision: precision)
    }

    private static func schedule(
        _ choice: ComponentChoice, _ own: DefinedSchedule?, _ members: [any Schedule.Type]
    ) -> any FactorSource {
        if let own { return DefinedFactors(own) }
        return find(choice.name, members) { $0.description.name }.init(parameters: choice.parameters)
    }

    private static func find<Member>(_ name: String, _ members: [Member], _ nameOf: (Member) -> String) -> Member {
        guard let member = members.first(where: { nameOf($0) == name }) else {
            fatalError("the catalogue has no \(name): the planner must not let it through")
        }
        return member
    }
}
