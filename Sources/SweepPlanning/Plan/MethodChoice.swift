import TrialContract

extension ComponentCatalogue {
    /// What there is where a trial is a few norms. Statistics that are limited in dimension work on coordinates.
    var ofBlockNorms: ComponentCatalogue {
        ComponentCatalogue(
            components: components.filter { $0.kind != .statistic || $0.maximumDimension == nil || $0.storage == .float64PerCoordinate },
            kernelRevision: kernelRevision)
    }
}

/// Which method the cells get, over the dimensions that it depends on.
struct MethodChoice {
    private static let inputs = ["optimizer", "problem", "noise_model", "dimension"]

    private let layout: Layout
    private let builder: ClassBuilder
    /// Ascending positions of dimensions.
    let dimensions: [Int]

    init(_ layout: Layout) {
        self.layout = layout
        builder = ClassBuilder(layout)
        dimensions = layout.quantities.filter { quantity in
            Self.inputs.contains { quantity.name == $0 || quantity.name.hasPrefix($0 + ".") } && !quantity.isInternal
        }.map(\.dimensions).union()
    }

    /// Row-major over `dimensions`.
    var methods: [TrialMethod] {
        var methods: [TrialMethod] = []
        forEachClass { _, trialClass in
            methods.append(trialClass?.method ?? .full)
            return true
        }
        return methods
    }

    /// The most numbers that a step of any class advances.
    var largestState: Int {
        var largest = 1
        forEachClass { digits, trialClass in
            largest = max(largest, trialClass.map { builder.stateSize($0, at: digits) } ?? 1)
            return true
        }
        return largest
    }

    /// What keeps some cell from the method `reduced`, in words that follow "the method reduced"; `nil`: nothing.
    ///
    /// - Parameter isKept: whether `where` keeps any cell with these positions along `dimensions`.
    func obstacle(isKept: (Digits) -> Bool) -> String? {
        var found: String?
        forEachClass { digits, trialClass in
            guard let trialClass, let obstacle = ReductionRule.obstacle(trialClass, in: layout.spec.catalogue.ofBlockNorms),
                isKept(digits)
            else { return true }
            found = obstacle
            return false
        }
        return found
    }

    /// Classes at the first position along all other dimensions; `nil` where a computed value is out of range there.
    private func forEachClass(_ body: (Digits, TrialClass?) -> Bool) {
        GridScan(layout, [], over: dimensions).forEach { digits, _ in
            body(digits, try? builder.build(at: digits, atMost: ClassBuilder.mostPlanned).trialClass)
        }
    }
}
