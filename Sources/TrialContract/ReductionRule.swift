/// When trials may be computed by the method `reduced`, and when `auto` chooses it: a fixed rule over the plan's values.
public enum ReductionRule {
    /// What stands in the way, in words that follow "the method reduced"; `nil`: nothing.
    ///
    /// The optimizer, the problem and the noise model must allow it, the optimizer must have neither momentum nor
    /// averaging, and no statistic may need the coordinates, as those do that the sweep defines.
    public static func obstacle(_ trialClass: TrialClass, in catalogue: ComponentCatalogue) -> String? {
        let parts: [(ComponentKind, String, ComponentChoice)] = [
            (.optimizer, "the optimizer", trialClass.optimizer), (.problem, "the problem", trialClass.problem),
            (.noiseModel, "the noise model", trialClass.noiseModel),
        ]
        for (kind, title, choice) in parts
        where catalogue.find(kind, choice.name)?.allowsReduction != true {
            return "is not defined for \(title) \(choice.name)"
        }
        for name in ["momentum", "averaging"] where trialClass.optimizer.parameters[name] ?? 0 != 0 {
            return "is not defined for an optimizer with \(name)"
        }
        let recorded = trialClass.statistics.map { (ComponentKind.statistic, $0) }
            + (trialClass.curve?.quantities ?? []).map { (ComponentKind.curveQuantity, $0) }
        for (kind, name) in recorded where catalogue.find(kind, name).map({ !$0.storage.isScalar }) ?? true {
            return "cannot record \(name): it does not have the coordinates"
        }
        return nil
    }

    /// Coordinates that cost as much as a block of the reduction, as measured once.
    static let coordinatesPerBlock = 16

    /// What `auto` means for a class.
    public static func automaticMethod(_ trialClass: TrialClass, in catalogue: ComponentCatalogue) -> TrialMethod {
        let spectrum = trialClass.spectrum
        guard spectrum.blocks.count <= spectrum.dimension / coordinatesPerBlock else { return .full }
        return obstacle(trialClass, in: catalogue) == nil ? .reduced : .full
    }
}
