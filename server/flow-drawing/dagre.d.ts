/** What is used of dagre: its own types import each other without endings, which nodenext does not resolve. */
declare module '@dagrejs/dagre' {
  export interface Point {
    x: number;
    y: number;
  }
  export class Graph {
    constructor(options: { directed: boolean });
    setGraph(label: {
      rankdir: 'TB';
      nodesep: number;
      edgesep: number;
      ranksep: number;
      marginx: number;
      marginy: number;
    }): void;
    setNode(id: string, label: { width: number; height: number }): void;
    setEdge(from: string, to: string, label: { width: number; height: number; labelpos: 'c' }): void;
    /** sizes and places are there once `layout` has run */
    graph(): { width?: number; height?: number };
    node(id: string): { x?: number; y?: number };
    edge(from: string, to: string): { points?: readonly Point[]; x?: number; y?: number };
  }
  /** Fills in the places, in the graph itself. */
  export function layout(graph: Graph): void;
}
