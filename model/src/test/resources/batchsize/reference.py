"""The reference controller of the specification, and the traces R1..R6 it produced.

python3 reference.py > traces.csv
"""
import math
class Ctl:
    def __init__(c,B0=16,K=64,beta=0.95,warm=10,umin=1/16,umax=1.0,forget=0.9,rate=2.0,lr0=0.1,lo=16,hi=4096,re=0.0,gmax=8.0,bf=.9,bs=.98,gw=20,z=2.0):
        c.__dict__.update(locals()); c.reset()
    def reset(c):
        c.n=0.0; c.Bs=float(c.B0); c.B=max(c.lo,min(c.hi,c.B0)); c.k=0; c.S=c.P=c.w=0.0; c.I=c.wi=0.0; c.lr=c.lr0; c.u=c.phi=None
        c.lf=c.ls=c.wf=c.ws=c.v=c.wv=0.0; c.zz=None
    def step(c,N,S,P,I,loss):
        # loss guard
        if c.ws>0:
            d=loss-c.ls/c.ws; c.v=.98*c.v+.02*N*d*d; c.wv=.98*c.wv+.02
        c.lf=c.bf*c.lf+(1-c.bf)*loss; c.wf=c.bf*c.wf+1-c.bf; c.ls=c.bs*c.ls+(1-c.bs)*loss; c.ws=c.bs*c.ws+1-c.bs
        c.zz=None; rising=False
        if c.k>=c.gw and c.wv>0:
            c.zz=(c.lf/c.wf-c.ls/c.ws)/math.sqrt(max(c.v/c.wv,1e-12)/(N*(1+c.bf)/(1-c.bf))); rising=c.zz>c.z
        if rising: c.n=max(c.n*c.forget-N,0.0)
        b=c.beta; c.S=b*c.S+(1-b)*S; c.P=b*c.P+(1-b)*P; c.w=b*c.w+(1-b); c.k+=1; c.n+=N
        if I is not None: c.I=b*c.I+(1-b)*I; c.wi=b*c.wi+(1-b)
        s=c.S/c.w; p=c.P/c.w; c.phi = 0.0 if s<=0 else (math.inf if p<=1e-12*s else s/p)
        if c.k>=c.warm and c.wi>0:
            pp=max(p,0.0); c.u=min(max((pp-c.I/c.wi)/(pp+s/c.B+1e-30),c.umin),c.umax)
            if c.phi!=math.inf:
                A=1-c.u/2; C=c.u/2*c.phi; cap=max(c.B0,(C+math.sqrt(C*C+A*C*c.re))/A)
                if c.n/c.K>cap: c.n=max(c.K*cap,c.n*c.forget)
        c.Bs=min(max(c.B0,c.n/c.K),c.Bs*c.rate)
        c.B=int(math.floor(min(max(c.Bs,c.lo),c.hi)+0.5))
        if c.B<c.Bs-0.5: g=c.B/c.Bs
        elif c.B>1.05*c.Bs: g=c.B/c.Bs if c.phi==math.inf else (c.phi/c.Bs+1)/(c.phi/c.B+1)
        else: g=1.0
        c.lr=c.lr0*min(g,c.gmax)


def line(name, k, c):
    def number(x): return 'NaN' if x is None else 'Infinity' if x == math.inf else '%.10g' % x
    print(','.join([name, str(k)] + [number(x) for x in (c.n, c.Bs, c.B, c.lr, c.phi, c.u, c.zz)]))

# name -> (controller, steps, k, c -> (N, S, P, I, loss))
TRACES = {
    'R1': (dict(), 200, lambda k, c: (c.B, 800, 2, 1, 1)),
    'R2': (dict(lo=512), 60, lambda k, c: (c.B, 800, 2, 1, 1)),
    'R3': (dict(hi=64), 200, lambda k, c: (c.B, 6400, .5, .4, 1)),
    'R4': (dict(), 120, lambda k, c: (512, 800, 2, 1, 1) if k <= 100 else (c.B, 800, 80, 40, 1)),
    'R5': (dict(K=32, re=2000.0, B0=64, lo=64), 200, lambda k, c: (c.B, 800, 2, 1, 1)),
    'R6': (dict(), 130, lambda k, c: (512, 800, .2, .19, (.98 if k % 2 else 1.02) + (.05 if k > 100 else 0))),
}

if __name__ == '__main__':
    print('trace,k,n_eff,B_s,B,lr,phi,u,z')
    for name, (options, steps, reading) in TRACES.items():
        c = Ctl(**options)
        for k in range(1, steps + 1):
            N, S, P, I, loss = reading(k, c)
            c.step(N, S, P, None if k == 1 else I, loss)
            if k <= 25 or k % 5 == 0 or 63 <= k <= 66 or 99 <= k <= 112: line(name, k, c)
