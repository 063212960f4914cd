import type { ReactNode } from 'react';
import { Component } from 'react';

import { Failure } from '../../ui/page';

interface Props {
  /** Another page is another try. */
  place: string;
  children: ReactNode;
}

/** A fault in one page leaves the navigation alive, and says so instead of showing nothing. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(previous: Props) {
    if (previous.place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}
