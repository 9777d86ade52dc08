// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The module graph is the architecture: a target may import what it lists here and nothing else.
// See Sources/samsweep/samsweep.docc/Architecture.md.

/// Whether this is the program that `scripts/run` builds first: a debug build in which all that computes is optimised, each
/// module as a whole.
let isQuick = Context.environment["SAMSWEEP_QUICK"] != nil
/// Without a number of threads a module would be one object file, where SwiftPM wants one per source in a debug build.
let wholeModule = ["-wmo", "-num-threads", "2"]
/// Whether a debug build is made once and not after a change, as CI's: all that is optimised is then compiled as whole modules,
/// which is less work from the beginning and more for a single file.
let isMadeOnce = isQuick || Context.environment["SAMSWEEP_WHOLE_MODULES"] != nil

/// Optimised also in debug builds: numerics that tests run by the thousand, and tests that do such themselves.
let optimised: [SwiftSetting] = [
    .unsafeFlags(["-O"]), .unsafeFlags(isMadeOnce ? wholeModule : [], .when(configuration: .debug)),
]
/// Optimised where trials and fits wait for it, and only there: what decides between rounds is a moment's work.
let optimisedForRuns = isQuick ? optimised : [], optimisedForTests = isQuick ? [] : optimised

/// Kernels are compiled without run-time checks: every index comes from the block's own geometry,
/// which is checked once when the block is taken up. As whole modules also in debug builds: what is generic in a problem and an
/// optimizer is compiled for each of them, which tests wait less for.
func kernelSettings(_ march: String?) -> [SwiftSetting] {
    var flags = ["-Ounchecked", "-Xcc", "-fno-math-errno"]
    #if arch(x86_64)
    if let march { flags += ["-Xcc", "-march=\(march)"] }
    #endif
    return [.unsafeFlags(flags), .unsafeFlags(wholeModule, .when(configuration: .debug))]
}

/// The builds of the kernels, by the names that `--isa` has for them.
#if arch(x86_64)
let kernelBuilds = ["baseline": "VectorKernelsBaseline", "v3": "VectorKernelsV3", "v4": "VectorKernelsV4"]
#else
let kernelBuilds = ["baseline": "VectorKernelsBaseline"]
#endif

/// The builds that the program holds: all, or those that SAMSWEEP_KERNELS names, separated by commas. Trials have the same
/// bits with each; a program with fewer is built sooner, and runs on processors that have one of them.
let heldBuilds = (Context.environment["SAMSWEEP_KERNELS"]?.split(separator: ",").map(String.init) ?? Array(kernelBuilds.keys)).sorted()
if let unknown = heldBuilds.first(where: { kernelBuilds[$0] == nil }) {
    let known = kernelBuilds.keys.sorted().joined(separator: ", ")
    FileHandle.standardError.write(Data("SAMSWEEP_KERNELS: there are no kernels '\(unknown)'; known are \(known)\n".utf8))
    exit(64)
}

let package = Package(
    name: "samsweep",
    products: [.executable(name: "samsweep", targets: ["samsweep"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .target(name: "CHDF5Shims", dependencies: ["CHDF5"], linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CPUFeatures"),
        .target(name: "LaneOperations"),
        .target(name: "BuildStamp", plugins: ["StampCommit"]),
        .plugin(name: "StampCommit", capability: .buildTool()),

        // Vocabulary and arithmetic
        .target(name: "WorkerThreads", swiftSettings: optimisedForRuns),
        .target(name: "PortableMath", dependencies: ["WorkerThreads"], swiftSettings: optimised),
        .target(name: "TrialContract", dependencies: ["PortableMath"], swiftSettings: optimisedForRuns),
        .target(name: "JSONText"),
        .target(name: "Wording"),
        .target(name: "ExpressionSyntax"),
        // Numerics over whole matrices while planning.
        .target(name: "Definitions", dependencies: ["TrialContract", "PortableMath", "ExpressionSyntax", "Wording"],
                swiftSettings: optimised),

        // Kernels: one folder, one build per instruction set. The alphabetical order of these three
        // names decides which copy of a weak symbol the linker keeps, so the narrowest comes first. Of what is ready to be compiled,
        // SwiftPM takes what comes last in the alphabet: that is these, which take longest.
        .target(name: "VectorKernelsBaseline", dependencies: ["TrialContract", "PortableMath", "LaneOperations"],
                swiftSettings: kernelSettings(nil)),
        .target(name: "VectorKernelsV3", dependencies: ["TrialContract", "PortableMath", "LaneOperations"],
                swiftSettings: kernelSettings("x86-64-v3")),
        .target(name: "VectorKernelsV4", dependencies: ["TrialContract", "PortableMath", "LaneOperations"],
                swiftSettings: kernelSettings("x86-64-v4")),
        // What is measured of last iterates, by asking kernels.
        .target(name: "IterateMeasures", dependencies: ["TrialContract", "PortableMath"], swiftSettings: optimised),
        .target(name: "KernelSelection",
                dependencies: ["TrialContract", "IterateMeasures", "CPUFeatures"]
                    + heldBuilds.compactMap { kernelBuilds[$0] }.map { .byName(name: $0) },
                swiftSettings: heldBuilds.map { .define("HOLDS_\($0.uppercased())") }),

        // Summaries of blocks of trials in the place of rows.
        .target(name: "TrialSummaries", dependencies: ["TrialContract", "PortableMath"], swiftSettings: optimised),

        // The way of a trial
        .target(name: "SweepPlanning",
                dependencies: ["TrialContract", "PortableMath", "JSONText", "ExpressionSyntax", "Definitions", "ScalingFits", "Wording",
                               "TrialSummaries", "AxisRefinement", .product(name: "Yams", package: "Yams")],
                exclude: ["Library"], plugins: ["EmbedLibrary"]),
        // Definitions of the folder Library, which users could have written, become a part of the program.
        .plugin(name: "EmbedLibrary", capability: .buildTool()),
        .target(name: "SweepExecution", dependencies: ["TrialContract", "WorkerThreads"], swiftSettings: optimisedForRuns),
        .target(name: "ResultStore",
                dependencies: ["TrialContract", "PortableMath", "WorkerThreads", "Wording", "CHDF5", "CHDF5Shims",
                               .product(name: "Yams", package: "Yams")]),
        .target(name: "ScalingFits", dependencies: ["TrialContract", "PortableMath", "WorkerThreads", "Wording"], swiftSettings: optimised),
        .target(name: "ClaimVerdicts", dependencies: ["TrialContract", "ScalingFits", "TrialSummaries", "Wording"]),
        // Which values an axis gets next: decisions on what is stored, and nothing else.
        .target(name: "AxisRefinement", dependencies: ["TrialContract", "PortableMath", "JSONText", "ScalingFits", "Wording"],
                swiftSettings: optimisedForTests),
        // How many trials each cell gets next: decisions on what is stored, and nothing else.
        .target(name: "TrialAllocation",
                dependencies: ["TrialContract", "PortableMath", "JSONText", "ScalingFits", "ClaimVerdicts", "Wording"],
                swiftSettings: optimisedForTests),
        .target(name: "SweepReports",
                dependencies: ["TrialContract", "PortableMath", "ScalingFits", "ClaimVerdicts", "TrialSummaries", "JSONText", "Wording"],
                exclude: ["Page/page.html"], plugins: ["EmbedPage"]),
        // The page's template becomes a part of the program.
        .plugin(name: "EmbedPage", capability: .buildTool()),
        .target(name: "ClusterSubmission", dependencies: ["TrialContract"]),
        .executableTarget(
            name: "samsweep",
            dependencies: [
                "TrialContract", "PortableMath", "JSONText", "WorkerThreads", "Wording", "SweepPlanning", "KernelSelection",
                "SweepExecution", "ResultStore", "Definitions", "TrialSummaries",
                "ScalingFits", "ClaimVerdicts", "AxisRefinement", "TrialAllocation", "SweepReports", "ClusterSubmission", "BuildStamp",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // How well intervals and model choice do on synthetic sweeps; scripts/coverage runs it.
        .executableTarget(name: "CoverageStudy", dependencies: ["ScalingFits", "PortableMath"],
                          swiftSettings: optimised, linkerSettings: [.linkedLibrary("m")]),

        // Whether intervals hold the truth when trials are added until they are short enough; scripts/stopping runs it.
        .executableTarget(name: "StoppingStudy", dependencies: ["TrialAllocation", "PortableMath"],
                          swiftSettings: optimised),

        // What the kernels alone take for a sweep; scripts/benchmarks/rowless holds results without rows against it.
        .executableTarget(name: "KernelTime", dependencies: ["TrialContract", "SweepPlanning", "KernelSelection", "WorkerThreads"]),

        // Hostile inputs for everything that reads text; scripts/fuzz runs it for long, the tests for some seconds.
        .executableTarget(
            name: "fuzz",
            dependencies: ["TrialContract", "PortableMath", "SweepPlanning", "KernelSelection", "ResultStore"],
            path: "Sources/FuzzTargets", swiftSettings: optimised),

        // What many normals look like; the examination and the tests use it.
        .target(name: "NormalStatistics", swiftSettings: optimised),
        // Examines the random numbers; scripts/noise-quality runs it.
        .executableTarget(
            name: "NoiseQuality",
            dependencies: [
                "TrialContract", "PortableMath", "KernelSelection", "NormalStatistics", "SweepPlanning",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: optimised),

        // Tests
        .testTarget(name: "FuzzTests", dependencies: ["fuzz"]),
        .testTarget(name: "TrialContractTests", dependencies: ["TrialContract"]),
        .testTarget(name: "PortableMathTests", dependencies: ["PortableMath"], swiftSettings: optimised),
        .testTarget(name: "DefinitionsTests",
                    dependencies: ["Definitions", "ExpressionSyntax", "TrialContract", "PortableMath", "KernelSelection"],
                    swiftSettings: optimised),
        .testTarget(name: "IterateMeasuresTests",
                    dependencies: ["IterateMeasures", "Definitions", "KernelSelection", "TrialContract"],
                    swiftSettings: optimised),
        .testTarget(name: "SweepPlanningTests",
                    dependencies: ["SweepPlanning", "Definitions", "ExpressionSyntax", "TrialContract", "PortableMath", "KernelSelection"]),
        .testTarget(name: "KernelTests",
                    dependencies: ["KernelSelection", "VectorKernelsBaseline", "SweepPlanning", "TrialContract", "PortableMath", "NormalStatistics"],
                    resources: [.copy("Vectors")], swiftSettings: optimised),
        .testTarget(name: "TrialSummariesTests",
                    dependencies: ["TrialSummaries", "SweepPlanning", "KernelSelection", "TrialContract", "PortableMath"],
                    swiftSettings: optimised),
        .testTarget(name: "SweepExecutionTests", dependencies: ["SweepExecution", "TrialContract"]),
        .target(name: "StoreFixtures", dependencies: ["ResultStore", "TrialContract", "PortableMath"], path: "Tests/StoreFixtures"),
        .executableTarget(name: "store-worker", dependencies: ["ResultStore", "StoreFixtures", "TrialContract"],
                          path: "Tests/StoreWorker"),
        .testTarget(name: "ResultStoreTests",
                    dependencies: ["ResultStore", "TrialContract", "PortableMath", "StoreFixtures", "store-worker", "CHDF5", "CHDF5Shims"],
                    resources: [.copy("Clients"), .copy("EarlierFiles")]),
        .testTarget(name: "ScalingFitsTests", dependencies: ["ScalingFits", "CoverageStudy", "PortableMath"],
                    exclude: ["Vectors"], swiftSettings: optimised),
        .testTarget(name: "ClaimVerdictsTests", dependencies: ["ClaimVerdicts", "ScalingFits", "TrialContract", "PortableMath"]),
        .testTarget(name: "AxisRefinementTests",
                    dependencies: ["AxisRefinement", "ScalingFits", "TrialContract", "PortableMath"],
                    swiftSettings: optimised),
        .testTarget(name: "TrialAllocationTests",
                    dependencies: ["TrialAllocation", "StoppingStudy", "ScalingFits", "ClaimVerdicts", "TrialContract", "PortableMath"],
                    swiftSettings: optimised),
        .testTarget(name: "SweepReportsTests",
                    dependencies: ["SweepReports", "ScalingFits", "ClaimVerdicts", "TrialContract", "KernelSelection"]),
        .testTarget(name: "ClusterSubmissionTests", dependencies: ["ClusterSubmission"], exclude: ["Golden"]),
        .testTarget(name: "CommandTests", dependencies: ["samsweep"], exclude: ["Clients"]),
    ]
)

// Kernels that the program does not hold are not built with its tests either. KernelTests look into the narrowest ones.
package.targets.removeAll { target in
    kernelBuilds.contains { $0.key != "baseline" && $0.value == target.name && !heldBuilds.contains($0.key) }
}

/// The tests that are built: all, or those that SAMSWEEP_TESTS names, separated by commas.
if let wanted = Context.environment["SAMSWEEP_TESTS"]?.split(separator: ",").map(String.init) {
    let known = package.targets.filter { $0.type == .test }.map(\.name)
    if let unknown = wanted.first(where: { !known.contains($0) }) {
        FileHandle.standardError.write(Data("SAMSWEEP_TESTS: there are no tests '\(unknown)'; known are \(known.joined(separator: ", "))\n".utf8))
        exit(64)
    }
    package.targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}
