import TrialContract

/// A sweep as its summary is computed and stored: in the place of a cell's trials stand its blocks, and in the place of what is
/// recorded of a trial what is kept of a block.
package struct SummarizedSweep: SweepPlan {
    private let plan: any SweepPlan
    package let blocks: SummaryBlocks
    package let statistics: [ComponentDescription]
    private let names: [String]

    /// The scalar variable that says how many trials a block has, and by which a result is known for a summary.
    package static let parameterName = "trials_per_block"

    /// What stands in the place of `trial`.
    package static let dimensionName = "block"

    package init(_ plan: any SweepPlan, blocks: SummaryBlocks) {
        self.plan = plan
        self.blocks = blocks
        statistics = SummaryColumn.descriptions(of: plan.statistics)
        names = statistics.map(\.name)
    }

    package var name: String { plan.name }
    package var title: String { plan.title }
    package var sourceText: String { plan.sourceText }
    package var dimensions: [GridDimension] { plan.dimensions }
    package var auxiliaryCoordinates: [AuxiliaryCoordinate] { plan.auxiliaryCoordinates }
    package var fixedParameters: [FixedParameter] {
        plan.fixedParameters + [
            FixedParameter(
                name: Self.parameterName, value: .integers([blocks.trialsPerBlock]), longName: "trials that each block summarises")
        ]
    }
    /// Blocks of a cell.
    package var trials: Int { blocks.count }
    package var sweepFingerprint: String { plan.sweepFingerprint }
    package var planFingerprint: String { plan.planFingerprint }
    package var usesCommonRandomNumbers: Bool { plan.usesCommonRandomNumbers }
    package var largestDimension: Int { plan.largestDimension }
    package var cellCount: Int { plan.cellCount }
    package var mayExcludeCells: Bool { plan.mayExcludeCells }

    package func cell(at index: Int) throws -> PlannedCell {
        guard case .included(var trialClass, let cell) = try plan.cell(at: index) else { return .excluded }
        trialClass.statistics = names
        return .included(trialClass, cell)
    }

    /// A kernel whose trials are the blocks.
    package func kernel(_ kernel: any TrialKernel) -> any TrialKernel {
        SummarizingKernel(kernel, blocks: blocks, quantities: plan.statistics.map(\.name))
    }
}
